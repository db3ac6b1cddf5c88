package org.iommu4j.hwsim.smmuv3;

/**
 * Whose translations: what the IOTLB tags them with, beside the ASID. Arm IHI 0070, 3.17; StreamWorlds, 3.3.4.
 */
final class Regime {
    /** Non-secure EL2 with ASIDs (CR2.E2H). */
    static final int EL2_E2H = 2 << 16;
    /** Non-secure EL2 without. */
    static final int EL2 = 3 << 16;
    /** The last one. */
    static final int LAST = EL2;

    /** Space of what is good for all ASIDs, and of a regime without ASIDs. */
    static final int GLOBAL = 0;

    private static final int SECOND = 1 << 16;
    private static final int SPLIT_SHIFT = 17;

    private Regime() {
    }

    /** First stage, or both, of NS-EL1. */
    static int first(int vmid) {
        return vmid;
    }

    /** Second stage alone. */
    static int second(int vmid) {
        return SECOND | vmid;
    }

    /** The place of an ASID's translations within its regime. */
    static int space(int asid) {
        return asid + 1;
    }

    /**
     * The place of translations that are smaller than the page of the first stage that they come from, because that of
     * the second stage is: an invalidation of the large page removes all of them.
     *
     * @param size index into {@link Translation#SIZES} of the first stage's page, 1 and up
     */
    static int split(int space, int size) {
        return size << SPLIT_SHIFT | space;
    }

    /** The size that a space was split from, or 0. */
    static int splitFrom(int space) {
        return space >>> SPLIT_SHIFT;
    }
}
