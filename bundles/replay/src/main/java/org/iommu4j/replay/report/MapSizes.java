package org.iommu4j.replay.report;

import java.util.SortedMap;
import java.util.TreeMap;
import org.iommu4j.replay.plan.TracePlan;

/**
 * How large the maps of a trace are, and which pages a table can hold them in.
 *
 * @param maps number of maps by the power of two that their length reaches, in log2 bytes
 * @param leaves number of leaf entries by page size, in log2 bytes, if each map gets the largest pages that its
 * addresses and its length allow
 */
record MapSizes(SortedMap<Integer, Long> maps, SortedMap<Integer, Long> leaves) {
    /** 1 GiB, 2 MiB, 4 KiB. */
    private static final int[] PAGES_LG2 = {30, 21, 12};

    static MapSizes of(TracePlan plan) {
        MapSizes sizes = new MapSizes(new TreeMap<>(), new TreeMap<>());
        for (int event = 0; event < plan.events(); event++) {
            if (plan.kind(event) == TracePlan.Kind.MAP) {
                sizes.maps.merge(63 - Long.numberOfLeadingZeros(plan.length(event)), 1L, Long::sum);
                sizes.addLeaves(plan.iova(event), plan.physical(event), plan.length(event));
            }
        }
        return sizes;
    }

    private void addLeaves(long iova, long physical, long length) {
        long done = 0;
        while (done < length) {
            int page = largest(iova + done | physical + done, length - done);
            long pages = page == PAGES_LG2[0] ? length - done >>> page : 1;
            leaves.merge(page, pages, Long::sum);
            done += pages << page;
        }
    }

    private static int largest(long addresses, long length) {
        for (int page : PAGES_LG2) {
            if ((addresses & (1L << page) - 1) == 0 && length >>> page > 0) {
                return page;
            }
        }
        return PAGES_LG2[PAGES_LG2.length - 1];
    }

    /** {@code 4K}, {@code 2M}, {@code 1G} and what lies between. */
    static String name(int lg2) {
        return (1 << lg2 % 10) + new String[] {"", "K", "M", "G", "T"}[lg2 / 10];
    }
}
