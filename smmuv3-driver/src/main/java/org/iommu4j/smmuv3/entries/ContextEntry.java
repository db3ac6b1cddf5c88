package org.iommu4j.smmuv3.entries;

import java.util.Arrays;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.iommu4j.smmuv3.entries.Translation.Kind;
import org.iommu4j.smmuv3.registers.Capabilities;

/**
 * Context descriptor, 512 bits (section 5.4). Hardware fetches 64 bits whole, no more. Only the lower half of the
 * address space is translated (EPD1), so word 2 is not used; words 4 to 7 are 0.
 * <pre>
 *          63  48 47   46 45 44 43 42 41   40  39 38 37   36  35   34 32
 *         +------+----+--+--+--+--+--+----+---+-----+----+---+----+-------+
 * word 0  | ASID |ASET|A |R |S |HA|HD|AA64|PAN| TBI |UWXN|WXN|AFFD|  IPS  |
 *         +------+----+--+--+--+--+--+----+---+-----+----+---+----+-------+
 *          31  30   29 28 27 26 25 24 23 22 21  16 15   14   13 12 11 10 9 8 7 6 5  0
 *         +---+----+-----+-----+-----+-----+------+----+----+-----+-----+---+---+----+
 *         | V |EPD1| SH1 | OR1 | IR1 | TG1 | T1SZ |ENDI|EPD0| SH0 | OR0 |IR0|TG0|T0SZ|
 *         +---+----+-----+-----+-----+-----+------+----+----+-----+-----+---+---+----+
 *          63     60 59 52 51                               4 3   2   1       0
 *         +---------+-----+----------------------------------+-----+------+------+
 * word 1  |  HWU0   |  0  |               TTB0               |  0  | HAD0 |NSCFG0|
 *         +---------+-----+----------------------------------+-----+------+------+
 *          63                            32 31                                   0
 *         +--------------------------------+--------------------------------------+
 * word 3  |             MAIR1              |                MAIR0                 |
 *         +--------------------------------+--------------------------------------+
 * </pre>
 */
public final class ContextEntry {
    private static final Field T0SZ = Field.bits("T0SZ", 0, 5, 0);
    private static final Field TG0 = Field.bits("TG0", 0, 7, 6);
    private static final Field IR0 = Field.bits("IR0", 0, 9, 8);
    private static final Field OR0 = Field.bits("OR0", 0, 11, 10);
    private static final Field SH0 = Field.bits("SH0", 0, 13, 12);
    private static final Field EPD0 = Field.bit("EPD0", 0, 14);
    private static final Field EPD1 = Field.bit("EPD1", 0, 30);
    private static final Field V = Field.bit("V", 0, 31);
    private static final Field IPS = Field.bits("IPS", 0, 34, 32);
    private static final Field AA64 = Field.bit("AA64", 0, 41);
    private static final Field HD = Field.bit("HD", 0, 42);
    private static final Field HA = Field.bit("HA", 0, 43);
    private static final Field R = Field.bit("R", 0, 45);
    private static final Field A = Field.bit("A", 0, 46);
    private static final Field ASET = Field.bit("ASET", 0, 47);
    private static final Field ASID = Field.bits("ASID", 0, 63, 48);
    private static final Field TTB0 = Field.address("TTB0", 1, 51, 4);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("CD", 8, T0SZ, TG0, IR0, OR0, SH0, EPD0, Field.bit("ENDI", 0, 15),
            Field.bits("T1SZ", 0, 21, 16), Field.bits("TG1", 0, 23, 22), Field.bits("IR1", 0, 25, 24),
            Field.bits("OR1", 0, 27, 26), Field.bits("SH1", 0, 29, 28), EPD1, V, IPS, Field.bit("AFFD", 0, 35),
            Field.bit("WXN", 0, 36), Field.bit("UWXN", 0, 37), Field.bit("TBI0", 0, 38), Field.bit("TBI1", 0, 39),
            Field.bit("PAN", 0, 40),
            AA64, HD, HA, Field.bit("S", 0, 44), R, A, ASET, ASID, TTB0, Field.bit("NSCFG0", 1, 0),
            Field.bit("HAD0", 1, 1), Field.bits("HWU0", 1, 63, 60),
            Field.address("TTB1", 2, 51, 4), Field.bit("HAD1", 2, 1), Field.bits("MAIR0", 3, 31, 0),
            Field.bits("MAIR1", 3, 63, 32));
    static final int WORDS = 8;
    static final int BYTES = WORDS * Long.BYTES;

    private static final int MAIR = 3;
    private static final int WRITE_BACK = 1;
    private static final int INNER_SHAREABLE = 3;

    private ContextEntry() {
    }

    /** @param translation of stage 1 */
    static long[] encode(Translation translation) {
        long[] words = new long[WORDS];
        long marks = translation.marksWrites() ? HA.mask() | HD.mask() : 0;
        words[0] = ASID.with(translation.tag()) | ASET.mask() | A.mask() | R.mask() | AA64.mask() | marks
                | IPS.with(Capabilities.sizeCode(translation.outputBits())) | V.mask() | EPD1.mask()
                | SH0.with(INNER_SHAREABLE) | OR0.with(WRITE_BACK) | IR0.with(WRITE_BACK)
                | TG0.with(Granule.code(translation.granuleLg2())) | T0SZ.with(Long.SIZE - translation.inputBits());
        words[1] = TTB0.with(translation.root());
        words[MAIR] = ArmStage1.MAIR;
        return words;
    }

    static Translation decode(long word0, long word1) {
        if (!V.in(word0)) {
            return Translation.BLOCKED;
        }
        return new Translation(Kind.STAGE1, TTB0.of(word1), Granule.lg2(TG0.of(word0)),
                Long.SIZE - (int) T0SZ.of(word0), Capabilities.sizeBits(IPS.of(word0)), (int) ASID.of(word0),
                HD.in(word0));
    }

    /** The bits that hardware reads of an entry, given what the entry says: section 5.4. */
    static void used(long[] entry, long[] used) {
        Arrays.fill(used, 0);
        used[0] = V.mask();
        if (!V.in(entry[0])) {
            return;
        }
        Arrays.fill(used, -1L);
        if (EPD0.in(entry[0])) { // nothing is walked from TTB0, so neither it nor how to walk is read
            used[0] &= ~(T0SZ.mask() | TG0.mask() | IR0.mask() | OR0.mask() | SH0.mask());
            used[1] &= ~TTB0.mask();
        }
    }
}
