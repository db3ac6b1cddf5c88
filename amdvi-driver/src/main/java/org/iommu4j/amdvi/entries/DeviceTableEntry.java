package org.iommu4j.amdvi.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Device table entry, 256 bits, one a requester (section 2.2.2.1), as far as the driver knows its fields.
 * <pre>
 *          63                                  55 54                                          0
 *         +--------------------------------------+----+--------------------------------------+
 * word 3  |                                            0                                     |
 *         +-----+-----+------+----+----+----+-----+----+--+---------------+--+---------+-----+
 * word 2  |Lint1|Lint0|IntCtl|  0 |NMI |EInt|Init |GPM |0 |  IntTabRoot   |IG|IntTabLen| IV  |
 *         +-----+-----+------+----+----+----+-----+----+--+---------------+--+---------+-----+
 *          63        43 41  40 39  38 37    36 35 34 33 32 31             16 15              0
 *         +------------+------+--+---+-----+-----+--+--+--+-----------------+-----------------+
 * word 1  |GCR3[51:31] |SysMgt|EX|SD |Cache|IoCtl|SA|SE|I |   GCR3[30:15]   |    DomainID     |
 *         +------------+------+--+---+-----+-----+--+--+--+-----------------+-----------------+
 *          62 61 60        58 57 56 55  54   53   52  51                12 11   9 8   7 1   0
 *         +--+--+------------+-----+--+----+----+---+---------------------+------+-----+--+---+
 * word 0  |IW|IR|GCR3[14:12] | GLX |GV|GIoV|GPRP|PPR|       HPTRoot       | Mode | HAD |TV| V |
 *         +--+--+------------+-----+--+----+----+---+---------------------+------+-----+--+---+
 * </pre>
 *
 * <p>V and TV are 1 in every entry: a request of which nothing else is said is refused. Mode 0 has no host table; then
 * IR and IW tell whether requests pass untranslated or, with GV, go to the guest table, or are refused.
 *
 * <p><b>Every change is one 128-bit store.</b> Hardware may see the two halves of an entry from different times. All
 * that the translations here differ in lies in the lower half; the upper one has what firmware says of interrupts, and
 * GPM, which tells guest tables of 4 levels (0) from those of 5. Guest tables here have 4, always: so the upper half
 * never changes, and what hardware reads is the old entry or the new one.
 */
public final class DeviceTableEntry {
    /** Levels of guest tables: what GPM 0 means. */
    public static final int GUEST_LEVELS = 4;

    private static final Field V = Field.bit("V", 0, 0);
    private static final Field TV = Field.bit("TV", 0, 1);
    private static final Field HAD = Field.bits("HAD", 0, 8, 7);
    private static final Field MODE = Field.bits("Mode", 0, 11, 9);
    private static final Field ROOT = Field.address("HPTRoot", 0, 51, 12);
    private static final Field GIOV = Field.bit("GIoV", 0, 54);
    private static final Field GV = Field.bit("GV", 0, 55);
    private static final Field GLX = Field.bits("GLX", 0, 57, 56);
    private static final Field GCR3_LOW = Field.bits("GCR3_14_12", 0, 60, 58);
    private static final Field IR = Field.bit("IR", 0, 61);
    private static final Field IW = Field.bit("IW", 0, 62);
    private static final Field DOMAIN = Field.bits("DomainID", 1, 15, 0);
    private static final Field GCR3_MIDDLE = Field.bits("GCR3_30_15", 1, 31, 16);
    private static final Field SYS_MGT = Field.bits("SysMgt", 1, 41, 40);
    private static final Field GCR3_HIGH = Field.bits("GCR3_51_31", 1, 63, 43);
    private static final Field INIT_PASS = Field.bit("InitPass", 2, 56);
    private static final Field EINT_PASS = Field.bit("EIntPass", 2, 57);
    private static final Field NMI_PASS = Field.bit("NMIPass", 2, 58);
    private static final Field LINT0_PASS = Field.bit("Lint0Pass", 2, 62);
    private static final Field LINT1_PASS = Field.bit("Lint1Pass", 2, 63);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("DTE", 4, V, TV, HAD, MODE, ROOT, Field.bit("PPR", 0, 52),
            Field.bit("GPRP", 0, 53), GIOV, GV, GLX, GCR3_LOW, IR, IW, DOMAIN, GCR3_MIDDLE, Field.bit("I", 1, 32),
            Field.bit("SE", 1, 33), Field.bit("SA", 1, 34), Field.bits("IoCtl", 1, 36, 35), Field.bit("Cache", 1, 37),
            Field.bit("SD", 1, 38), Field.bit("EX", 1, 39), SYS_MGT, GCR3_HIGH, Field.bit("IV", 2, 0),
            Field.bits("IntTabLen", 2, 4, 1), Field.bit("IG", 2, 5), Field.address("IntTabRoot", 2, 51, 6),
            Field.bits("GPM", 2, 55, 54), INIT_PASS, EINT_PASS, NMI_PASS, Field.bits("IntCtl", 2, 61, 60), LINT0_PASS,
            LINT1_PASS);

    /** Size of an entry. */
    static final int BYTES = 32;
    /** Offset of the upper half. */
    static final int UPPER = 16;

    /** Hardware updates accessed and dirty bits. */
    private static final int ACCESSED_AND_DIRTY = 3;
    private static final int GCR3_LOW_SHIFT = 12;
    private static final int GCR3_MIDDLE_SHIFT = 15;
    private static final int GCR3_HIGH_SHIFT = 31;
    /** Where the data settings of a device entry in IVHD have what an entry has too. */
    private static final Field[] SETTINGS = {INIT_PASS, EINT_PASS, NMI_PASS, null, null, null, LINT0_PASS, LINT1_PASS};
    private static final int SETTING_SYS_MGT_SHIFT = 4;

    private DeviceTableEntry() {
    }

    /** Word 0. @param gcr3 physical address of the GCR3 table, and its levels; 0 for all but guest tables */
    static long low(Translation now, long gcr3, int gcr3Levels) {
        long valid = V.mask() | TV.mask();
        long both = IR.mask() | IW.mask();
        return switch (now.kind()) {
            case BLOCKED -> valid;
            case IDENTITY -> valid | both;
            case HOST -> valid | both | MODE.with(now.levels()) | ROOT.with(now.root())
                    | HAD.with(now.marksWrites() ? ACCESSED_AND_DIRTY : 0);
            case GUEST -> valid | both | GV.mask() | GIOV.mask() | GLX.with(gcr3Levels - 1)
                    | GCR3_LOW.with(gcr3 >>> GCR3_LOW_SHIFT & GCR3_LOW.mask() >>> GCR3_LOW.low());
            case FOREIGN -> throw new IllegalArgumentException("not written by this driver: " + now);
        };
    }

    /** Word 1. @param before its value, of which what firmware said stays */
    static long high(Translation now, long gcr3, long before) {
        return before & SYS_MGT.mask() | DOMAIN.with(now.domainId())
                | GCR3_MIDDLE.with(gcr3 >>> GCR3_MIDDLE_SHIFT & GCR3_MIDDLE.mask() >>> GCR3_MIDDLE.low())
                | GCR3_HIGH.with(gcr3 >>> GCR3_HIGH_SHIFT);
    }

    /** Word 1 of an entry that blocks. @param settings data settings of IVHD (section 5.2.2.2) */
    static long initialHigh(int settings) {
        return SYS_MGT.with(settings >>> SETTING_SYS_MGT_SHIFT & 3);
    }

    /** Word 2 of every entry. @param settings data settings of IVHD */
    static long initialInterrupts(int settings) {
        long word = 0;
        for (int bit = 0; bit < SETTINGS.length; bit++) {
            word |= SETTINGS[bit] != null && (settings >>> bit & 1) != 0 ? SETTINGS[bit].mask() : 0;
        }
        return word;
    }

    static boolean isGuest(long low) {
        return GV.in(low);
    }

    static long gcr3(long low, long high) {
        return GCR3_LOW.of(low) << GCR3_LOW_SHIFT | GCR3_MIDDLE.of(high) << GCR3_MIDDLE_SHIFT
                | GCR3_HIGH.of(high) << GCR3_HIGH_SHIFT;
    }

    static int gcr3Levels(long low) {
        return (int) GLX.of(low) + 1;
    }

    /** @param guestRoot what the GCR3 table has for requests without PASID; asked only if there is one */
    static Translation decode(long low, long high, long guestRoot) {
        int domainId = (int) DOMAIN.of(high);
        boolean valid = V.in(low) && TV.in(low);
        boolean both = IR.in(low) && IW.in(low);
        int levels = (int) MODE.of(low);
        if (valid && !GV.in(low) && levels == 0) {
            if (!IR.in(low) && !IW.in(low)) {
                return Translation.BLOCKED;
            }
            return both && domainId == Translation.IDENTITY_ID ? Translation.IDENTITY : Translation.foreign(domainId);
        }
        if (!valid || !both || GV.in(low) && (levels != 0 || !GIOV.in(low))) {
            return Translation.foreign(domainId);
        }
        return GV.in(low) ? Translation.guest(guestRoot, domainId)
                : Translation.host(ROOT.of(low), levels, domainId, HAD.of(low) == ACCESSED_AND_DIRTY);
    }
}
