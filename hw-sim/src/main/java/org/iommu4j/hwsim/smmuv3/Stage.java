package org.iommu4j.hwsim.smmuv3;

/**
 * The tables of a stage, or of one half of the first stage: how they are walked. VMSAv8-64, Arm DDI 0487, D8.2
 * (look-up levels, start level, concatenated tables of the second stage). Filled from a context descriptor or a stream
 * table entry; one a device thread.
 */
final class Stage {
    static final int FEWEST_INPUT_BITS = 25;
    static final int MOST_INPUT_BITS = 48;

    private static final int LAST_LEVEL = 3;
    /** Up to 16 tables beside each other at the start of a second stage. */
    private static final int CONCATENATED_LG2 = 4;
    private static final int DESCRIPTOR_LG2 = 3;

    /** The second stage; else the first. */
    final boolean second;
    /** EPD: there is no walk. */
    boolean disabled;
    /** Log2 of the smallest page. */
    int granuleLg2;
    int startLevel;
    int inputBits;
    int outputBits;
    long table;
    /** TBI. */
    boolean topByteIgnored;
    /** AFFD: a clear access flag is no fault. */
    boolean accessFlagIgnored;
    /** HA: the access flag is set by hardware. */
    boolean marksAccess;
    /** HD: so is the dirty state of descriptors with DBM. */
    boolean marksDirty;
    /** HAD: permissions of table descriptors do not count. */
    boolean flat;
    /** First stage: one privilege level, that of EL2. */
    boolean singlePrivilege;
    boolean writableNeverExecutes;
    boolean userWritableNeverExecutes;
    boolean privilegedAccessNever;
    /** Second stage: XN has two bits. */
    boolean executeNeverExtended;

    Stage(boolean second) {
        this.second = second;
    }

    /** A half of the first stage. */
    void first(long[] cd, int half, boolean el2, SmmuIds ids) {
        disabled = ContextDescriptor.walkDisabled(cd, half);
        granuleLg2 = ContextDescriptor.granuleLg2(cd, half);
        inputBits = Math.max(FEWEST_INPUT_BITS, Math.min(MOST_INPUT_BITS, ContextDescriptor.inputBits(cd, half)));
        outputBits = ContextDescriptor.outputBits(cd, ids);
        topByteIgnored = ContextDescriptor.topByteIgnored(cd, half);
        accessFlagIgnored = ContextDescriptor.accessFlagFaultsDisabled(cd);
        marksAccess = ContextDescriptor.setsAccessFlag(cd);
        marksDirty = ContextDescriptor.keepsDirty(cd);
        flat = ContextDescriptor.hierarchyDisabled(cd, half, ids);
        singlePrivilege = el2;
        writableNeverExecutes = ContextDescriptor.writableNeverExecutes(cd);
        userWritableNeverExecutes = ContextDescriptor.userWritableNeverExecutes(cd) && !el2;
        privilegedAccessNever = ContextDescriptor.privilegedAccessNever(cd) && !el2;
        if (!disabled) {
            int stride = granuleLg2 - DESCRIPTOR_LG2;
            startLevel = LAST_LEVEL + 1 - (inputBits - granuleLg2 + stride - 1) / stride;
            place(ContextDescriptor.table(cd, half));
        }
    }

    /** The upper half of a world that has none. */
    void none() {
        disabled = true;
        inputBits = MOST_INPUT_BITS;
        topByteIgnored = false;
    }

    /** The second stage. */
    void second(long[] ste, SmmuIds ids) {
        granuleLg2 = StreamEntry.granuleLg2(ste);
        inputBits = StreamEntry.inputBits(ste);
        outputBits = StreamEntry.outputBits(ste, ids);
        startLevel = StreamEntry.startLevel(ste);
        accessFlagIgnored = StreamEntry.accessFlagFaultsDisabled(ste);
        marksAccess = StreamEntry.setsAccessFlag(ste);
        marksDirty = StreamEntry.keepsDirty(ste);
        executeNeverExtended = ids.executeNeverExtended();
        place(StreamEntry.table(ste));
    }

    /** Whether a second stage of so many bits can start at a level: with one table, or up to 16 concatenated. */
    static boolean startsAt(int granuleLg2, int level, int inputBits) {
        if (level < 0 || level < 1 && granuleLg2 != 12) {
            return false;
        }
        int stride = granuleLg2 - DESCRIPTOR_LG2;
        int resolved = inputBits - shift(granuleLg2, level);
        return resolved >= 1 && resolved <= stride + CONCATENATED_LG2;
    }

    /** Log2 of what an entry of a level covers. */
    static int shift(int granuleLg2, int level) {
        return granuleLg2 + (granuleLg2 - DESCRIPTOR_LG2) * (LAST_LEVEL - level);
    }

    int shift(int level) {
        return shift(granuleLg2, level);
    }

    /** Offset of an address's descriptor in the table of a level. */
    long offset(long address, int level) {
        int bits = level == startLevel ? inputBits - shift(level) : granuleLg2 - DESCRIPTOR_LG2;
        return (address >>> shift(level) & (1L << bits) - 1) << DESCRIPTOR_LG2;
    }

    /** True if a level can hold blocks: 4 KiB levels 1 and 2, 16 and 64 KiB level 2. */
    boolean blocks(int level) {
        return level == 2 || level == 1 && granuleLg2 == 12;
    }

    /** The start tables are aligned to their size, 64 bytes at least. */
    private void place(long pointer) {
        int bytesLg2 = Math.max(6, inputBits - shift(startLevel) + DESCRIPTOR_LG2);
        table = pointer & -1L << bytesLg2;
    }
}
