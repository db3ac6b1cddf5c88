package org.iommu4j.hwsim.vtd;

/**
 * PASID-directory entry, 8 bytes, and PASID-table entry, 64 bytes. VT-d specification 9.5, 9.6. Words 2 and 3 belong to
 * the first stage, which this unit does not have; words 4 to 7 are reserved.
 * <pre>
 *  directory  63     HAW       12 11     2  1   0
 *            +---------+------------+-------+-----+---+
 *            |    0    | SMPTBLPTR  |   0   | FPD | P |
 *            +---------+------------+-------+-----+---+
 *  entry      63     HAW      12 11 10   9   8    6  5    4  2  1   0
 *            +---------+-----------+----+-----+------+----+----+-----+---+
 *   word 0   |    0    |  SSPTPTR  | 0  |SSADE| PGTT |SSEE| AW | FPD | P |
 *            +---------+-----------+----+-----+------+----+----+-----+---+
 *             63    25  24    23   22   16 15          0
 *            +--------+-----+-----+-------+-------------+
 *   word 1   |memory  |PGSNP|PWSNP|   0   |     DID     |
 *            |types   |     |     |       |             |
 *            +--------+-----+-----+-------+-------------+
 * </pre>
 */
final class PasidEntry {
    static final int BYTES_LG2 = 6;
    static final int WORDS = 8;
    /** A table holds 2 to this power entries. */
    static final int TABLE_LG2 = 6;
    static final long P = 1;
    static final long FPD = 1 << 1;
    static final long DID_MASK = 0xffffL;

    static final int PGTT_SECOND_STAGE = 2;
    static final int PGTT_PASS_THROUGH = 4;

    private static final long DIRECTORY_RESERVED = 0xffcL;
    private static final long RESERVED_0 = 0xc00L;
    private static final long SSEE = 1 << 5;
    private static final long SSADE = 1 << 9;
    private static final long RESERVED_1 = 0x7f0000L;
    private static final long PWSNP = 1 << 23;
    private static final long PGSNP = 1 << 24;

    private PasidEntry() {
    }

    static long directoryReserved(VtdCapabilities caps) {
        return DIRECTORY_RESERVED | caps.beyondPhysical();
    }

    static int type(long word0) {
        return (int) (word0 >>> 6 & 0b111);
    }

    static int width(long word0) {
        return (int) (word0 >>> 2 & 0b111);
    }

    static int did(long word1) {
        return (int) (word1 & DID_MASK);
    }

    static boolean reserved(long[] words, VtdCapabilities caps) {
        long pointer = type(words[0]) == PGTT_PASS_THROUGH ? 0 : caps.beyondPhysical();
        long zero1 = RESERVED_1 | (caps.pageWalkCoherency() ? 0 : PWSNP) | (caps.snoopControl() ? 0 : PGSNP)
                | DID_MASK & -1L << caps.domainIdBits();
        return (words[0] & (RESERVED_0 | SSEE | SSADE | pointer)) != 0 || (words[1] & zero1) != 0
                || (words[4] | words[5] | words[6] | words[7]) != 0;
    }
}
