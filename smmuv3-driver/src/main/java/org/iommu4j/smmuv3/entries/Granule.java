package org.iommu4j.smmuv3.entries;

/** How TG0 of a CD and S2TG of an STE write a granule: 0 for 4 KiB, 1 for 64 KiB, 2 for 16 KiB. */
final class Granule {
    private static final int[] LG2 = {12, 16, 14};

    private Granule() {
    }

    static int code(int granuleLg2) {
        for (int code = 0; code < LG2.length; code++) {
            if (LG2[code] == granuleLg2) {
                return code;
            }
        }
        throw new IllegalArgumentException("granule of 2^" + granuleLg2 + " bytes");
    }

    /** Log2 of the granule, 0 for the code that is reserved. */
    static int lg2(long code) {
        return code < LG2.length ? LG2[(int) code] : 0;
    }
}
