package org.iommu4j.hwsim.vtd;

/**
 * PASID-directory entry, 8 bytes, and PASID-table entry, 64 bytes. VT-d specification 9.5, 9.6. Words 3 to 7 are
 * reserved. SSPTPTR and AW count with a second stage, word 2 with a first stage.
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
 *             63     HAW      12 11  8   7   6    5   4    3  2   1    0
 *            +---------+-----------+----+------+-------+-----+------+---+-----+
 *   word 2   |    0    |  FSPTPTR  | 0  | EAFE |   0   | WPE | FSPM | 0 | SRE |
 *            +---------+-----------+----+------+-------+-----+------+---+-----+
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

    static final int PGTT_FIRST_STAGE = 1;
    static final int PGTT_SECOND_STAGE = 2;
    static final int PGTT_PASS_THROUGH = 4;

    private static final long DIRECTORY_RESERVED = 0xffcL;
    private static final long RESERVED_0 = 0xc00L;
    private static final long SSEE = 1 << 5;
    private static final long SSADE = 1 << 9;
    private static final long RESERVED_1 = 0x7f0000L;
    private static final long PWSNP = 1 << 23;
    private static final long PGSNP = 1 << 24;
    private static final long RESERVED_2 = 0xf62L;
    private static final long SRE = 1;
    private static final long WPE = 1 << 4;
    private static final long EAFE = 1 << 7;
    private static final int FIRST_STAGE_LEVELS = 4;

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

    /** PWSNP: paging structures are read with a look at the processors' caches. */
    static boolean snooped(long word1) {
        return (word1 & PWSNP) != 0;
    }

    /** SSADE: the second stage keeps accessed and dirty bits. */
    static boolean marksSecondStage(long word0) {
        return (word0 & SSADE) != 0;
    }

    /** SRE: a supervisor may ask. */
    static boolean supervisorAllowed(long word2) {
        return (word2 & SRE) != 0;
    }

    static boolean writeProtect(long word2) {
        return (word2 & WPE) != 0;
    }

    static boolean extendedAccessed(long word2) {
        return (word2 & EAFE) != 0;
    }

    /** FSPM: 4 or 5; 6 and 7 are reserved values. */
    static int firstStageLevels(long word2) {
        return FIRST_STAGE_LEVELS + (int) (word2 >>> 2 & 0b11);
    }

    /** Whether a field that must be 0 is not, in what a translation of the entry's type uses. */
    static boolean reserved(long[] words, VtdCapabilities caps) {
        int type = type(words[0]);
        long zero0 = RESERVED_0 | SSEE | (caps.secondStageAccessedDirty() ? 0 : SSADE)
                | (type == PGTT_PASS_THROUGH || type == PGTT_FIRST_STAGE ? 0 : caps.beyondPhysical());
        long zero1 = RESERVED_1 | (caps.pageWalkCoherency() ? 0 : PWSNP) | (caps.snoopControl() ? 0 : PGSNP)
                | DID_MASK & -1L << caps.domainIdBits();
        long zero2 = type != PGTT_FIRST_STAGE ? 0 : RESERVED_2 | caps.beyondPhysical()
                | (caps.supervisorRequests() ? 0 : SRE | WPE) | (caps.extendedAccessed() ? 0 : EAFE);
        return (words[0] & zero0) != 0 || (words[1] & zero1) != 0 || (words[2] & zero2) != 0
                || (words[3] | words[4] | words[5] | words[6] | words[7]) != 0;
    }
}
