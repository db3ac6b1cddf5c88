package org.iommu4j.hwsim.smmuv3;

/**
 * Translation table descriptors. VMSAv8-64, Arm DDI 0487, D8.3 (formats), D8.4 (permissions), D8.5 (access flag and
 * dirty state).
 * <pre>
 *          63    62   61    60      59   58 55  54  53   52   51  50 48 47      n..12
 *         +-----+---------+-------+-------+---+---------------------------+------------+
 *  table  |NSTab| APTable |XNTable|PXNTab |            ignored            | next table |  lower bits ignored but 1:0
 *         +-----+---------+-------+-------+---+---+---+----+-----+--------+------------+
 *  stage 1|            ignored                |UXN|PXN|Cont| DBM |   0    |   output   |
 *  stage 2|                                   |  XN   |    |     |        |  address   |
 *         +-----------------------------------+-------+----+-----+--------+------------+
 *          11  10   9 8   7   6  5    2  1   0
 *         +---+---+-----+-------+------+---+---+
 *  stage 1|nG |AF | SH  |  AP   | attr | t | 1 |
 *  stage 2| 0 |   |     | S2AP  |      |   |   |
 *         +---+---+-----+-------+------+---+---+
 * </pre>
 * t: 1 a page (level 3), 0 a block. The contiguous bit is a hint that this unit does not take.
 */
final class Descriptors {
    static final long AF = 1 << 10;
    static final long NG = 1 << 11;
    /** What a table descriptor says of all below it. */
    static final long HIERARCHY = 0b1111L << 59;

    private static final long VALID = 1;
    private static final long TYPE = 1 << 1;
    private static final long AP_1 = 1 << 6;
    private static final long AP_2 = 1 << 7;
    private static final long DBM = 1L << 51;
    private static final long LOW_XN = 1L << 53;
    private static final long HIGH_XN = 1L << 54;
    private static final long PXN_TABLE = 1L << 59;
    private static final long XN_TABLE = 1L << 60;
    private static final long NO_USER = 1L << 61;
    private static final long NO_WRITE = 1L << 62;
    private static final long OUTPUT = 0xffff_ffff_f000L;
    private static final int LAST_LEVEL = 3;

    private Descriptors() {
    }

    /** False: a translation fault. */
    static boolean valid(long descriptor, Stage stage, int level) {
        boolean type = (descriptor & TYPE) != 0;
        return (descriptor & VALID) != 0 && (level == LAST_LEVEL ? type : type || stage.blocks(level));
    }

    /** Of a descriptor that is valid. */
    static boolean leaf(long descriptor, int level) {
        return level == LAST_LEVEL || (descriptor & TYPE) == 0;
    }

    /** Next table, or page or block. @param lg2 of its alignment */
    static long output(long descriptor, int lg2) {
        return descriptor & OUTPUT & -1L << lg2;
    }

    /** True if the page can be written once its descriptor says that it has been: DBM, where HD keeps the state. */
    static boolean clean(long leaf, Stage stage) {
        boolean readOnly = stage.second ? (leaf & AP_2) == 0 : (leaf & AP_2) != 0;
        return stage.marksDirty && (leaf & DBM) != 0 && readOnly;
    }

    /** The descriptor of a page that has been written. */
    static long dirtied(long leaf, Stage stage) {
        return stage.second ? leaf | AP_2 : leaf & ~AP_2;
    }

    /**
     * What a leaf allows, as {@link Translation#rights} puts it.
     *
     * @param above what table descriptors on the way say; nothing for a second stage
     */
    static long rights(long leaf, long above, Stage stage) {
        return stage.second ? secondRights(leaf, stage) : firstRights(leaf, stage.flat ? 0 : above, stage);
    }

    private static long secondRights(long leaf, Stage stage) {
        int data = ((leaf & AP_1) != 0 ? Translation.READ : 0)
                | ((leaf & AP_2) != 0 || clean(leaf, stage) ? Translation.WRITE : 0);
        boolean never = (leaf & HIGH_XN) != 0;
        // XNX: 00 all, 01 user only, 10 none, 11 privileged only
        boolean other = stage.executeNeverExtended && (leaf & LOW_XN) != 0;
        return Translation.rights(data | execute(!never), data | execute(never == other));
    }

    private static long firstRights(long leaf, long above, Stage stage) {
        boolean writable = ((leaf & AP_2) == 0 || clean(leaf, stage)) && (above & NO_WRITE) == 0;
        int data = Translation.READ | (writable ? Translation.WRITE : 0);
        boolean neverWritable = stage.writableNeverExecutes && writable;
        boolean xn = (leaf & HIGH_XN) != 0 || (above & XN_TABLE) != 0 || neverWritable;
        if (stage.singlePrivilege) {
            return Translation.rights(data | execute(!xn), data | execute(!xn));
        }
        boolean user = (leaf & AP_1) != 0 && (above & NO_USER) == 0;
        boolean pxn = (leaf & LOW_XN) != 0 || (above & PXN_TABLE) != 0 || writable && user || neverWritable
                || stage.userWritableNeverExecutes && writable && user;
        int privileged = stage.privilegedAccessNever && user ? 0 : data;
        return Translation.rights(user ? data | execute(!xn) : execute(!xn), privileged | execute(!pxn));
    }

    private static int execute(boolean allowed) {
        return allowed ? Translation.EXECUTE : 0;
    }
}
