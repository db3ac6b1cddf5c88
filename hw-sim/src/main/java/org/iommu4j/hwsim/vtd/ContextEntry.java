package org.iommu4j.hwsim.vtd;

/**
 * Context entry: one a function. VT-d specification 9.3 (legacy mode, 16 bytes), 9.4 (scalable mode, 32 bytes).
 * <pre>
 *  legacy     63     HAW      12 11      4 3  2  1   0
 *            +---------+-----------+--------+----+-----+---+
 *   word 0   |    0    |  SSPTPTR  |   0    | TT | FPD | P |
 *            +---------+-----------+--------+----+-----+---+
 *             63              24 23      8  7  6     3 2  0
 *            +------------------+--------+---+--------+----+
 *   word 1   |        0         |  DID   | 0 | avail  | AW |
 *            +------------------+--------+---+--------+----+
 *  scalable   63     HAW      12 11  9 8   5  4    3     2    1   0
 *            +---------+-----------+------+---+-----+------+---+-----+---+
 *   word 0   |    0    |PASIDDIRPTR| PDTS | 0 | PRE |PASIDE|DTE| FPD | P |
 *            +---------+-----------+------+---+-----+------+---+-----+---+
 *             63                     21  20       19          0
 *            +-------------------------+--------+--------------+
 *   word 1   |            0            |RID_PRIV|  RID_PASID   |    words 2, 3: reserved
 *            +-------------------------+--------+--------------+
 * </pre>
 */
final class ContextEntry {
    static final int LEGACY_BYTES_LG2 = 4;
    static final int SCALABLE_BYTES_LG2 = 5;
    static final long P = 1;
    static final long FPD = 1 << 1;
    static final long DID_MASK = 0xffff00L;

    static final int TT_UNTRANSLATED = 0;
    static final int TT_ALL = 1;
    static final int TT_PASS_THROUGH = 2;

    private static final int DID_SHIFT = 8;
    private static final long LEGACY_RESERVED_0 = 0xff0L;
    private static final long LEGACY_RESERVED_1 = 0xffff_ffff_ff00_0080L;
    private static final long DTE = 1 << 2;
    private static final long PASIDE = 1 << 3;
    private static final long PRE = 1 << 4;
    private static final long SCALABLE_RESERVED_0 = 0x1e0L;
    private static final long RID_PASID = 0xfffffL;
    private static final long RID_PRIV = 1 << 20;

    private ContextEntry() {
    }

    /** A domain-id in its place in word 1. */
    static long did(int did) {
        return (long) did << DID_SHIFT;
    }

    static int did(long word1) {
        return (int) ((word1 & DID_MASK) >>> DID_SHIFT);
    }

    static int translationType(long word0) {
        return (int) (word0 >>> 2 & 0b11);
    }

    static int width(long word1) {
        return (int) (word1 & 0b111);
    }

    static boolean legacyReserved(long word0, long word1, VtdCapabilities caps) {
        long pointer = translationType(word0) == TT_PASS_THROUGH ? 0 : caps.beyondPhysical();
        long wideDid = DID_MASK & -1L << DID_SHIFT + caps.domainIdBits();
        return (word0 & (LEGACY_RESERVED_0 | pointer)) != 0 || (word1 & (LEGACY_RESERVED_1 | wideDid)) != 0;
    }

    static boolean scalableReserved(long[] words, VtdCapabilities caps) {
        long zero0 = SCALABLE_RESERVED_0 | PRE | caps.beyondPhysical()
                | (caps.deviceTlbs() ? 0 : DTE) | (caps.pasids() ? 0 : PASIDE);
        long used1 = (caps.ridPasid() ? RID_PASID : 0) | (caps.supervisorRequests() ? RID_PRIV : 0);
        return (words[0] & zero0) != 0 || (words[1] & ~used1) != 0 || (words[2] | words[3]) != 0;
    }

    static boolean pasidEnabled(long word0) {
        return (word0 & PASIDE) != 0;
    }

    /** RID_PRIV: requests without PASID are a supervisor's. */
    static boolean ridSupervisor(long word1) {
        return (word1 & RID_PRIV) != 0;
    }

    static int ridPasid(long word1) {
        return (int) (word1 & RID_PASID);
    }

    /** PASIDs below this have a place in the directory of 2^(PDTS + 7) entries, each for 64 of them. */
    static int pasidLimit(long word0) {
        return 1 << (int) (word0 >>> 9 & 0b111) + 7 + PasidEntry.TABLE_LG2;
    }
}
