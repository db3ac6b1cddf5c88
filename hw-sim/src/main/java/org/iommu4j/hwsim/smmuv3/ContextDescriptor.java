package org.iommu4j.hwsim.smmuv3;

/**
 * Context descriptor, 64 bytes, and the level-1 descriptor of a table of them. Arm IHI 0070, 5.3, 5.4.
 * <pre>
 *          63    48  47   46 45 44 43 42  41   40  39 38  37   36   35   34 32
 *         +--------+----+--+--+--+--+--+----+---+-----+----+----+----+------+
 *  word 0 |  ASID  |ASET|A |R |S |HA|HD|AA64|PAN| TBI |UWXN|WXN |AFFD| IPS  |
 *         +--------+----+--+--+--+--+--+----+---+-----+----+----+----+------+
 *          31  30   29  24 23 22 21  16  15   14   13   8 7   6 5    0
 *         +--+----+-------+-----+------+----+----+-------+-----+------+
 *         |V |EPD1|  attr | TG1 | T1SZ |ENDI|EPD0|  attr | TG0 | T0SZ |
 *         +--+----+-------+-----+------+----+----+-------+-----+------+
 *          63 60 59 52 51            4  3   2    1    0
 *         +-----+-----+---------------+---+-----+----+------+
 *  word 1 | HWU |  0  |     TTB0      | 0 |E0PD |HAD0|NSCFG0|    word 2: the same with 1
 *         +-----+-----+---------------+---+-----+----+------+    word 3: MAIR    word 4: AMAIR
 *  L1CD    51          12 11 1  0
 *         +--------------+----+---+
 *         |    L2Ptr     | 0  | V |
 *         +--------------+----+---+
 * </pre>
 */
final class ContextDescriptor {
    static final int BYTES_LG2 = 6;
    static final int WORDS = 8;
    /** The words that say something to this unit, from the first on: memory attributes do not. */
    static final int USED_WORDS = 3;
    static final int LEVEL_1_LG2 = 3;

    private static final long LEAF_TABLE = 0xf_ffff_ffff_f000L;
    private static final long TABLE = 0xf_ffff_ffff_fff0L;
    private static final int[] LOW_GRANULES = {12, 16, 14, 0};
    private static final int[] HIGH_GRANULES = {0, 14, 12, 16};
    /** Descriptors of a leaf table, by S1Fmt. */
    private static final int[] LEAF_LG2 = {0, 6, 10};

    private ContextDescriptor() {
    }

    /** Log2 of the descriptors of a leaf table; 0 if the format is linear. */
    static int leafLg2(int format) {
        return LEAF_LG2[format];
    }

    static boolean level1Valid(long descriptor) {
        return (descriptor & 1) != 0;
    }

    static long level2(long descriptor) {
        return descriptor & LEAF_TABLE;
    }

    static boolean valid(long[] cd) {
        return bit(cd[0], 31);
    }

    /** ASID. */
    static int asid(long[] cd) {
        return (int) (cd[0] >>> 48);
    }

    static boolean records(long[] cd) {
        return bit(cd[0], 45);
    }

    static boolean stalls(long[] cd) {
        return bit(cd[0], 44);
    }

    static boolean setsAccessFlag(long[] cd) {
        return bit(cd[0], 43);
    }

    static boolean keepsDirty(long[] cd) {
        return bit(cd[0], 42);
    }

    static boolean privilegedAccessNever(long[] cd) {
        return bit(cd[0], 40);
    }

    static boolean userWritableNeverExecutes(long[] cd) {
        return bit(cd[0], 37);
    }

    static boolean writableNeverExecutes(long[] cd) {
        return bit(cd[0], 36);
    }

    static boolean accessFlagFaultsDisabled(long[] cd) {
        return bit(cd[0], 35);
    }

    /** TBI: the top byte of an address is ignored. @param half 0 or 1 */
    static boolean topByteIgnored(long[] cd, int half) {
        return bit(cd[0], 38 + half);
    }

    /** EPD: no walk through the table of a half. */
    static boolean walkDisabled(long[] cd, int half) {
        return bit(cd[0], half == 0 ? 14 : 30);
    }

    static int granuleLg2(long[] cd, int half) {
        return half == 0 ? LOW_GRANULES[field(cd[0], 7, 6)] : HIGH_GRANULES[field(cd[0], 23, 22)];
    }

    static int inputBits(long[] cd, int half) {
        return Long.SIZE - (half == 0 ? field(cd[0], 5, 0) : field(cd[0], 21, 16));
    }

    static int outputBits(long[] cd, SmmuIds ids) {
        return ids.outputBits(field(cd[0], 34, 32));
    }

    static long table(long[] cd, int half) {
        return cd[1 + half] & TABLE;
    }

    /** HAD: permissions of table descriptors do not count. */
    static boolean hierarchyDisabled(long[] cd, int half, SmmuIds ids) {
        return ids.hierarchyDisable() && bit(cd[1 + half], 1);
    }

    /**
     * What the specification calls ILLEGAL.
     *
     * @param halves 1 if the stream's world has only the lower half, else 2
     * @param tagged the stream's world has ASIDs
     * @param stallsDisabled STE.S1STALLD
     */
    static boolean illegal(long[] cd, int halves, boolean tagged, boolean stallsDisabled, SmmuIds ids) {
        boolean stalls = stalls(cd);
        if (!valid(cd) || !bit(cd[0], 41) || bit(cd[0], 15) || !bit(cd[0], 46)
                || stalls && (!ids.stalls() || stallsDisabled) || !stalls && ids.stallsAlways()
                || setsAccessFlag(cd) && !ids.setsAccessFlag()
                || keepsDirty(cd) && !(ids.keepsDirty() && setsAccessFlag(cd))
                || tagged && asid(cd) >>> ids.asidBits() != 0) {
            return true;
        }
        for (int half = 0; half < halves; half++) {
            if (!walkDisabled(cd, half) && illegalHalf(cd, half, ids)) {
                return true;
            }
        }
        return false;
    }

    private static boolean illegalHalf(long[] cd, int half, SmmuIds ids) {
        int bits = inputBits(cd, half);
        return !ids.granule(granuleLg2(cd, half)) || bits < Stage.FEWEST_INPUT_BITS || bits > Stage.MOST_INPUT_BITS
                || table(cd, half) >>> outputBits(cd, ids) != 0;
    }

    private static boolean bit(long word, int bit) {
        return (word >>> bit & 1) != 0;
    }

    private static int field(long word, int high, int low) {
        return (int) (word >>> low) & (1 << high - low + 1) - 1;
    }
}
