package org.iommu4j.replay.report;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.plan.TracePlan;

/**
 * A picture of one domain's address space: the range that was ever mapped, cut into cells of one size.
 *
 * @param domain the trace's name of it
 * @param lowest first IOVA of the first cell
 * @param cellBytes size of a cell, a power of two, 4096 or more
 * @param fullest for each cell, the most pages of it that were mapped at once
 * @param atEnd for each cell, the pages that are mapped at the end of the trace
 * @param peakPages the most pages that the domain had mapped at once
 */
record IovaSpace(String domain, long lowest, long cellBytes, long[] fullest, long[] atEnd, long peakPages) {
    private static final int PAGE_LG2 = 12;
    private static final int CELLS = 256;

    /** The domains that map anything, in the order in which they begin. */
    static List<IovaSpace> of(TracePlan plan) {
        List<IovaSpace> spaces = new ArrayList<>();
        for (TraceDomain domain : plan.domains()) {
            if (plan.events(domain.index()) > 1) {
                spaces.add(of(plan, domain));
            }
        }
        return spaces;
    }

    private static IovaSpace of(TracePlan plan, TraceDomain domain) {
        long lowest = -1;
        long last = 0;
        for (int i = 1; i < plan.events(domain.index()); i++) {
            int event = plan.event(domain.index(), i);
            long end = plan.iova(event) + plan.length(event) - 1;
            lowest = Long.compareUnsigned(plan.iova(event), lowest) < 0 ? plan.iova(event) : lowest;
            last = Long.compareUnsigned(end, last) > 0 ? end : last;
        }
        int cellLg2 = PAGE_LG2;
        while ((last >>> cellLg2) - (lowest >>> cellLg2) >= CELLS) {
            cellLg2++;
        }
        return fill(plan, domain, lowest >>> cellLg2, (int) ((last >>> cellLg2) - (lowest >>> cellLg2)) + 1, cellLg2);
    }

    private static IovaSpace fill(TracePlan plan, TraceDomain domain, long firstCell, int cells, int cellLg2) {
        long[] now = new long[cells];
        long[] fullest = new long[cells];
        long pages = 0;
        long peak = 0;
        for (int i = 1; i < plan.events(domain.index()); i++) {
            int event = plan.event(domain.index(), i);
            int sign = plan.kind(event) == TracePlan.Kind.MAP ? 1 : -1;
            pages += sign * (plan.length(event) >>> PAGE_LG2);
            peak = Math.max(peak, pages);
            long last = plan.iova(event) + plan.length(event) - 1;
            for (long cell = plan.iova(event) >>> cellLg2; cell <= last >>> cellLg2; cell++) {
                int at = (int) (cell - firstCell);
                now[at] += sign * overlap(cell << cellLg2, cellLg2, plan.iova(event), last);
                fullest[at] = Math.max(fullest[at], now[at]);
            }
        }
        return new IovaSpace(domain.name(), firstCell << cellLg2, 1L << cellLg2, fullest, now, peak);
    }

    /** Pages that a cell shares with a range. */
    private static long overlap(long cell, int cellLg2, long first, long last) {
        long cellLast = cell + (1L << cellLg2) - 1;
        long from = Long.compareUnsigned(first, cell) > 0 ? first : cell;
        long to = Long.compareUnsigned(last, cellLast) < 0 ? last : cellLast;
        return (to - from + 1) >>> PAGE_LG2;
    }
}
