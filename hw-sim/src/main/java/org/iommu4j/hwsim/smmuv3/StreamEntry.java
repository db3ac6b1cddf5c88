package org.iommu4j.hwsim.smmuv3;

/**
 * Stream table entry, 64 bytes. Arm IHI 0070, 5.2.
 * <pre>
 *          63     59 58 52 51               6 5     4 3      1  0
 *         +---------+-----+------------------+-------+--------+---+
 *  word 0 | S1CDMax |  0  |   S1ContextPtr   | S1Fmt | Config | V |
 *         +---------+-----+------------------+-------+--------+---+
 *          51     50 49   48      31  30 29  28   27                       1   0
 *         +---------+-------+- ~ -+-----+------+--------+- ~ ------------+------+
 *  word 1 | INSTCFG |PRIVCFG|     |STRW | EATS |S1STALLD|  attributes   |S1DSS |
 *         +---------+-------+- ~ -+-----+------+--------+- ~ ------------+------+
 *          58  57  56   55    54    53     52     51   50  48 47 46 45  40 39 38 37    32 31 16 15     0
 *         +---+---+----+----+-----+------+------+------+------+-----+------+-----+--------+-----+--------+
 *  word 2 |S2R|S2S|S2HA|S2HD|S2PTW|S2AFFD|S2ENDI|S2AA64| S2PS |S2TG | attr |S2SL0| S2T0SZ |  0  | S2VMID |
 *         +---+---+----+----+-----+------+------+------+------+-----+------+-----+--------+-----+--------+
 *          51            4 3 0
 *         +---------------+---+
 *  word 3 |     S2TTB     | 0 |    words 4 to 7: other security states, VMSPtr, S1POE...: not used by this unit
 *         +---------------+---+
 * </pre>
 */
final class StreamEntry {
    static final int BYTES_LG2 = 6;
    /** Of all words of an entry. */
    static final int WORDS = 8;
    /** The words that say something to this unit, from the first on. */
    static final int USED_WORDS = 4;

    static final int DSS_BYPASS = 1;
    static final int DSS_SUBSTREAM_0 = 2;

    private static final long POINTER = 0xf_ffff_ffff_ffc0L;
    private static final long TABLE = 0xf_ffff_ffff_fff0L;
    private static final int EL2 = 2;
    private static final int OVERRIDE_SET = 3;
    private static final int[] GRANULES = {12, 16, 14, 0};

    private StreamEntry() {
    }

    static boolean valid(long[] ste) {
        return (ste[0] & 1) != 0;
    }

    /** Config 0b0xx: transactions end with an abort, and nothing is recorded. */
    static boolean aborts(long[] ste) {
        return (ste[0] & 1 << 3) == 0;
    }

    static boolean firstStage(long[] ste) {
        return (ste[0] & 1 << 1) != 0;
    }

    static boolean secondStage(long[] ste) {
        return (ste[0] & 1 << 2) != 0;
    }

    /** S1Fmt: 0 linear, 1 leaf tables of 4 KiB, 2 of 64 KiB; what is reserved behaves as 0. */
    static int contextFormat(long[] ste) {
        int format = field(ste[0], 5, 4);
        return format == 0b11 ? 0 : format;
    }

    static long contextPointer(long[] ste) {
        return ste[0] & POINTER;
    }

    /** S1CDMax: log2 of the number of context descriptors. */
    static int contextsLg2(long[] ste) {
        return field(ste[0], 63, 59);
    }

    static int defaultSubstream(long[] ste) {
        return field(ste[1], 1, 0);
    }

    static boolean stallsDisabled(long[] ste) {
        return bit(ste[1], 27);
    }

    /** STRW: the stream is of EL2. It counts for streams with a first stage only. */
    static boolean el2(long[] ste, SmmuIds ids) {
        return ids.hypervisor() && firstStage(ste) && !secondStage(ste) && field(ste[1], 31, 30) == EL2;
    }

    static boolean privileged(long[] ste, SmmuIds ids) {
        return ids.overridesPermissions() && field(ste[1], 49, 48) == OVERRIDE_SET;
    }

    static boolean instruction(long[] ste, SmmuIds ids) {
        return ids.overridesPermissions() && field(ste[1], 51, 50) == OVERRIDE_SET;
    }

    static int vmid(long[] ste) {
        return field(ste[2], 15, 0);
    }

    static int granuleLg2(long[] ste) {
        return GRANULES[field(ste[2], 47, 46)];
    }

    static int inputBits(long[] ste) {
        return Long.SIZE - field(ste[2], 37, 32);
    }

    /** The level of the first look-up: S2SL0 counts from level 2 upwards with 4 KiB, from level 3 with the others. */
    static int startLevel(long[] ste) {
        return (granuleLg2(ste) == 12 ? 2 : 3) - field(ste[2], 39, 38);
    }

    static int outputBits(long[] ste, SmmuIds ids) {
        return ids.outputBits(field(ste[2], 50, 48));
    }

    static boolean accessFlagFaultsDisabled(long[] ste) {
        return bit(ste[2], 53);
    }

    static boolean keepsDirty(long[] ste) {
        return bit(ste[2], 55);
    }

    static boolean setsAccessFlag(long[] ste) {
        return bit(ste[2], 56);
    }

    static boolean stalls(long[] ste) {
        return bit(ste[2], 57);
    }

    static boolean records(long[] ste) {
        return bit(ste[2], 58);
    }

    static long table(long[] ste) {
        return ste[3] & TABLE;
    }

    /** What the specification calls ILLEGAL, of an entry that is valid and does not abort. */
    static boolean illegal(long[] ste, SmmuIds ids) {
        boolean first = firstStage(ste);
        boolean second = secondStage(ste);
        if (first && (!ids.firstStage() || illegalFirst(ste, second, ids))) {
            return true;
        }
        if (second && (!ids.secondStage() || illegalSecond(ste, ids))) {
            return true;
        }
        boolean tagged = second || first && !el2(ste, ids);
        return ids.secondStage() && tagged && vmid(ste) >>> ids.vmidBits() != 0;
    }

    private static boolean illegalFirst(long[] ste, boolean second, SmmuIds ids) {
        int contexts = contextsLg2(ste);
        boolean substreams = ids.substreamBits() > 0 && contexts > 0;
        return ids.substreamBits() > 0 && contexts > ids.substreamBits()
                || substreams && !ids.twoLevelContexts() && field(ste[0], 5, 4) != 0
                || stallsDisabled(ste) && (field(ids.idr0(), 25, 24) != 0)
                || !second && ids.hypervisor() && bit(ste[1], 30);
    }

    private static boolean illegalSecond(long[] ste, SmmuIds ids) {
        int bits = inputBits(ste);
        boolean stalls = stalls(ste);
        boolean marks = setsAccessFlag(ste) && !ids.setsAccessFlag()
                || keepsDirty(ste) && !(ids.keepsDirty() && setsAccessFlag(ste));
        return !bit(ste[2], 51) || bit(ste[2], 52) || !ids.granule(granuleLg2(ste)) || marks
                || stalls && !ids.stalls() || !stalls && ids.stallsAlways()
                || bits > ids.outputBits() || bits < Stage.FEWEST_INPUT_BITS || field(ste[2], 39, 38) == 0b11
                || !Stage.startsAt(granuleLg2(ste), startLevel(ste), bits)
                || table(ste) >>> outputBits(ste, ids) != 0;
    }

    private static boolean bit(long word, int bit) {
        return (word >>> bit & 1) != 0;
    }

    private static int field(long word, int high, int low) {
        return (int) (word >>> low) & (1 << high - low + 1) - 1;
    }

    private static int field(int register, int high, int low) {
        return register >>> low & (1 << high - low + 1) - 1;
    }
}
