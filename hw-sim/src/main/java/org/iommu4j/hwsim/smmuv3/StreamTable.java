package org.iommu4j.hwsim.smmuv3;

/**
 * Where stream table entries lie: SMMU_STRTAB_BASE, SMMU_STRTAB_BASE_CFG and level-1 descriptors. Arm IHI 0070, 3.3.1,
 * 5.1, 6.3.24, 6.3.25.
 * <pre>
 *  BASE:  62  61 52 51       6 5  0     CFG:  17 16 15 11 10   6 5      0     L1STD:  51      6 5 4    0
 *        +---+-----+----------+----+         +-----+-----+------+--------+           +---------+-+------+
 *        |RA |  0  |   ADDR   | 0  |         | FMT |  0  |SPLIT |LOG2SIZE|           |  L2Ptr  |0| Span |
 *        +---+-----+----------+----+         +-----+-----+------+--------+           +---------+-+------+
 * </pre>
 */
final class StreamTable {
    static final long BASE_WRITABLE = 1L << 62 | 0xf_ffff_ffff_ffc0L;
    static final int CFG_WRITABLE = 0x3_07ff;
    static final int DESCRIPTOR_LG2 = 3;

    private static final long POINTER = 0xf_ffff_ffff_ffc0L;
    private static final long SPAN = 0x1f;
    private static final int SIZE = 0x3f;
    private static final int TWO_LEVEL = 1;

    private StreamTable() {
    }

    /** StreamIDs below 2 to the power of this are in the table. */
    static int sizeLg2(int cfg, SmmuIds ids) {
        return Math.min(cfg & SIZE, ids.streamBits());
    }

    static boolean twoLevel(int cfg, SmmuIds ids) {
        return ids.twoLevelStreams() && (cfg >>> 16 & 0b11) == TWO_LEVEL;
    }

    /** 6, 8 or 10; what is reserved behaves as 6. */
    static int split(int cfg) {
        int split = cfg >>> 6 & 0x1f;
        return split == 8 || split == 10 ? split : 6;
    }

    /** Address of the table: aligned to its size. @param bytesLg2 of an entry of it */
    static long address(long base, int entriesLg2, int bytesLg2) {
        return base & POINTER & -1L << entriesLg2 + bytesLg2;
    }

    /** Log2 of the entries that a level-1 descriptor covers, or -1 if it is not valid. */
    static int spanLg2(long descriptor, int split) {
        int span = (int) (descriptor & SPAN);
        return span == 0 || span > split + 1 ? -1 : span - 1;
    }
}
