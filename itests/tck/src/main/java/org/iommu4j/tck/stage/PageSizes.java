package org.iommu4j.tck.stage;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.tck.kit.NotApplicable;

/** Page sizes of a domain, and room for pages of them. */
public final class PageSizes {
    private static final long FEWEST_ENTRIES = 512;

    private PageSizes() {
    }

    /** In bytes, smallest first. */
    public static List<Long> of(Domain domain) {
        List<Long> sizes = new ArrayList<>();
        for (int lg2 = 0; lg2 < Long.SIZE - 1; lg2++) {
            if ((domain.pageSizes() >>> lg2 & 1) != 0) {
                sizes.add(1L << lg2);
            }
        }
        return sizes;
    }

    /** The second smallest. @throws NotApplicable if there is one size alone */
    public static long large(Domain domain) {
        List<Long> sizes = of(domain);
        if (sizes.size() < 2) {
            throw new NotApplicable("domains here have pages of one size alone");
        }
        return sizes.get(1);
    }

    /** How much the lowest table maps: a page size where such pages are, else what tables of 512 entries would. */
    public static long ofTable(Domain domain) {
        long least = FEWEST_ENTRIES << Stage.smallest(domain);
        return of(domain).stream().filter(size -> size >= least).findFirst().orElse(least);
    }

    /** Memory of a size, aligned to it, which the caller must not change; -1 if the machine has none. */
    public static long somewhere(Stage stage, long size) {
        for (MemoryRange range : stage.memory().ranges()) {
            long start = range.start() + size - 1 & -size;
            if (range.contains(start, size)) {
                return start;
            }
        }
        return -1;
    }

    /** An address for two pages of a size, clear of the {@link Scene#WINDOW}. */
    public static long free(Domain domain, long size) {
        long behind = (Scene.WINDOW & -size) + size;
        return behind + 2 * size - 1 <= domain.lastIova() ? behind : 0;
    }
}
