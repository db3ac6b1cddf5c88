package org.iommu4j.smmuv3.entries;

import java.util.Arrays;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.pagetable.arm.ArmStage2;
import org.iommu4j.smmuv3.entries.Translation.Kind;
import org.iommu4j.smmuv3.registers.Capabilities;

/**
 * Stream table entry, 512 bits (section 5.2). Hardware fetches 64 bits whole, no more. Words 4 to 7 are 0.
 * <pre>
 *          63     59 58  52 51                                     6 5   4 3     1   0
 *         +---------+------+-----------------------------------------+------+-------+---+
 * word 0  | S1CDMax |  0   |              S1ContextPtr               |S1Fmt |Config | V |
 *         +---------+------+-----------------------------------------+------+-------+---+
 *          45 44 31 30 29 28  27  25 19  18  17  16  13 12 11   8 7   6 5   4 3   2 1   0
 *         +-----+-----+-----+----+---+---+----+---+----+---+-----+-----+-----+-----+------+
 * word 1  |SHCFG|STRW |EATS |STALLD|FWB|MEV|PPAR|DCP|CONT|DRE|S2HWU|S1CSH|S1COR|S1CIR|S1DSS|
 *         +-----+-----+-----+----+---+---+----+---+----+---+-----+-----+-----+-----+------+
 *          58  57  56   55   54   53   52   51  50 48 47 46 45 44 43 42 41 40 39 38 37  32 15   0
 *         +---+---+----+----+-----+----+----+----+-----+----+-----+-----+-----+-----+------+------+
 * word 2  |S2R|S2S|S2HA|S2HD|S2PTW|AFFD|ENDI|AA64|S2PS |S2TG|S2SH0|S2OR0|S2IR0|S2SL0|S2T0SZ|S2VMID|
 *         +---+---+----+----+-----+----+----+----+-----+----+-----+-----+-----+-----+------+------+
 *          63           52 51                                              4 3           0
 *         +---------------+-------------------------------------------------+-------------+
 * word 3  |       0       |                      S2TTB                      |      0      |
 *         +---------------+-------------------------------------------------+-------------+
 * </pre>
 */
public final class StreamEntry {
    private static final Field V = Field.bit("V", 0, 0);
    /** 0 abort, 4 bypass, 5 stage 1, 6 stage 2, 7 both. */
    private static final Field CONFIG = Field.bits("Config", 0, 3, 1);
    private static final Field S1FMT = Field.bits("S1Fmt", 0, 5, 4);
    private static final Field S1CONTEXTPTR = Field.address("S1ContextPtr", 0, 51, 6);
    private static final Field S1CDMAX = Field.bits("S1CDMax", 0, 63, 59);
    private static final Field S1DSS = Field.bits("S1DSS", 1, 1, 0);
    private static final Field S1CIR = Field.bits("S1CIR", 1, 3, 2);
    private static final Field S1COR = Field.bits("S1COR", 1, 5, 4);
    private static final Field S1CSH = Field.bits("S1CSH", 1, 7, 6);
    private static final Field MEV = Field.bit("MEV", 1, 19);
    private static final Field S2FWB = Field.bit("S2FWB", 1, 25);
    private static final Field S1STALLD = Field.bit("S1STALLD", 1, 27);
    private static final Field EATS = Field.bits("EATS", 1, 29, 28);
    private static final Field STRW = Field.bits("STRW", 1, 31, 30);
    private static final Field SHCFG = Field.bits("SHCFG", 1, 45, 44);
    private static final Field S2VMID = Field.bits("S2VMID", 2, 15, 0);
    private static final Field S2T0SZ = Field.bits("S2T0SZ", 2, 37, 32);
    private static final Field S2SL0 = Field.bits("S2SL0", 2, 39, 38);
    private static final Field S2IR0 = Field.bits("S2IR0", 2, 41, 40);
    private static final Field S2OR0 = Field.bits("S2OR0", 2, 43, 42);
    private static final Field S2SH0 = Field.bits("S2SH0", 2, 45, 44);
    private static final Field S2TG = Field.bits("S2TG", 2, 47, 46);
    private static final Field S2PS = Field.bits("S2PS", 2, 50, 48);
    private static final Field S2AA64 = Field.bit("S2AA64", 2, 51);
    private static final Field S2ENDI = Field.bit("S2ENDI", 2, 52);
    private static final Field S2AFFD = Field.bit("S2AFFD", 2, 53);
    private static final Field S2PTW = Field.bit("S2PTW", 2, 54);
    private static final Field S2HD = Field.bit("S2HD", 2, 55);
    private static final Field S2HA = Field.bit("S2HA", 2, 56);
    private static final Field S2S = Field.bit("S2S", 2, 57);
    private static final Field S2R = Field.bit("S2R", 2, 58);
    private static final Field S2TTB = Field.address("S2TTB", 3, 51, 4);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("STE", 8, V, CONFIG, S1FMT, S1CONTEXTPTR, S1CDMAX, S1DSS, S1CIR,
            S1COR, S1CSH, Field.bits("S2HWU", 1, 11, 8), Field.bit("DRE", 1, 12), Field.bits("CONT", 1, 16, 13),
            Field.bit("DCP", 1, 17), Field.bit("PPAR", 1, 18), MEV, S2FWB, S1STALLD, EATS, STRW,
            Field.bits("MemAttr", 1, 35, 32), Field.bit("MTCFG", 1, 36), Field.bits("ALLOCCFG", 1, 40, 37), SHCFG,
            Field.bits("NSCFG", 1, 47, 46), Field.bits("PRIVCFG", 1, 49, 48), Field.bits("INSTCFG", 1, 51, 50),
            S2VMID, S2T0SZ, S2SL0, S2IR0, S2OR0, S2SH0, S2TG, S2PS, S2AA64, S2ENDI, S2AFFD, S2PTW, S2HD, S2HA, S2S,
            S2R, S2TTB);
    static final int WORDS = 8;
    static final int BYTES = WORDS * Long.BYTES;

    private static final int ABORT = 0;
    private static final int BYPASS = 4;
    private static final int STAGE1 = 5;
    private static final int STAGE2 = 6;
    /** Bits of Config: the stages that translate. */
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    /** S1DSS: requests without a substream use the CD of substream 0. */
    private static final int SUBSTREAM_0 = 2;
    /** S1DSS: they skip stage 1. */
    private static final int SKIP = 1;
    private static final int WRITE_BACK = 1;
    private static final int INNER_SHAREABLE = 3;
    /** SHCFG: as the request says. */
    private static final int INCOMING = 1;

    private StreamEntry() {
    }

    /** Word 0 of an entry that aborts; the others do not matter. */
    static long aborting() {
        return V.mask() | CONFIG.with(ABORT);
    }

    /** @param contexts where the CDs of a stage-1 entry lie; not used for others */
    static long[] encode(Translation translation, ContextTables.Place contexts) {
        long[] words = new long[WORDS];
        switch (translation.kind()) {
            case BLOCKED -> words[0] = aborting();
            case IDENTITY -> {
                words[0] = V.mask() | CONFIG.with(BYPASS);
                words[1] = SHCFG.with(INCOMING);
            }
            case STAGE1 -> {
                words[0] = V.mask() | CONFIG.with(STAGE1) | S1CONTEXTPTR.with(contexts.table())
                        | S1FMT.with(contexts.format()) | S1CDMAX.with(contexts.substreamBits());
                words[1] = S1DSS.with(SUBSTREAM_0) | S1CIR.with(WRITE_BACK) | S1COR.with(WRITE_BACK)
                        | S1CSH.with(INNER_SHAREABLE);
            }
            case STAGE2 -> stage2(translation, words);
            case FOREIGN -> throw new IllegalArgumentException("not written by this driver");
        }
        return words;
    }

    private static void stage2(Translation translation, long[] words) {
        words[0] = V.mask() | CONFIG.with(STAGE2);
        words[1] = SHCFG.with(INCOMING);
        words[2] = S2VMID.with(translation.tag()) | S2T0SZ.with(Long.SIZE - translation.inputBits())
                | S2SL0.with(startCode(translation)) | S2IR0.with(WRITE_BACK) | S2OR0.with(WRITE_BACK)
                | S2SH0.with(INNER_SHAREABLE) | S2TG.with(Granule.code(translation.granuleLg2()))
                | S2PS.with(Capabilities.sizeCode(translation.outputBits())) | S2AA64.mask() | S2R.mask();
        words[3] = S2TTB.with(translation.root());
    }

    /** S2SL0 counts the levels, from 2 for a granule of 4 KiB, from 1 for the others. */
    private static int startCode(Translation translation) {
        int granule = translation.granuleLg2();
        return ArmStage2.levels(granule, translation.inputBits()) - (Granule.code(granule) == 0 ? 2 : 1);
    }

    /** What an entry says by itself; {@link Kind#STAGE1} without what stands in the CD. */
    static Kind kind(long word0) {
        if (!V.in(word0)) {
            return Kind.BLOCKED;
        }
        return switch ((int) CONFIG.of(word0)) {
            case ABORT, 1, 2, 3 -> Kind.BLOCKED;
            case BYPASS -> Kind.IDENTITY;
            case STAGE1 -> Kind.STAGE1;
            case STAGE2 -> Kind.STAGE2;
            default -> Kind.FOREIGN;
        };
    }

    static ContextTables.Place contexts(long word0) {
        return new ContextTables.Place(S1CONTEXTPTR.of(word0), (int) S1FMT.of(word0), (int) S1CDMAX.of(word0));
    }

    static Translation stage2(long word2, long word3) {
        return new Translation(Kind.STAGE2, S2TTB.of(word3), Granule.lg2(S2TG.of(word2)),
                Long.SIZE - (int) S2T0SZ.of(word2), Capabilities.sizeBits(S2PS.of(word2)), (int) S2VMID.of(word2),
                false);
    }

    /**
     * The bits that hardware reads of an entry, given what the entry says: section 5.2 and table 13.5. What stage 1
     * caches is tagged by S2VMID too.
     */
    static void used(long[] entry, long[] used) {
        Arrays.fill(used, 0);
        used[0] = V.mask();
        if (!V.in(entry[0])) {
            return;
        }
        used[0] |= CONFIG.mask();
        int config = (int) CONFIG.of(entry[0]);
        if (config == BYPASS) {
            used[1] |= SHCFG.mask();
        }
        if (config > BYPASS && (config & FIRST) != 0) {
            used[0] |= S1FMT.mask() | S1CONTEXTPTR.mask() | S1CDMAX.mask();
            used[1] |= S1DSS.mask() | S1CIR.mask() | S1COR.mask() | S1CSH.mask() | S1STALLD.mask() | STRW.mask()
                    | EATS.mask() | MEV.mask() | (S1DSS.of(entry[1]) == SKIP ? SHCFG.mask() : 0);
            used[2] |= S2VMID.mask();
        }
        if (config > BYPASS && (config & SECOND) != 0) {
            used[1] |= S2FWB.mask() | EATS.mask() | SHCFG.mask() | MEV.mask();
            used[2] |= S2VMID.mask() | S2T0SZ.mask() | S2SL0.mask() | S2IR0.mask() | S2OR0.mask() | S2SH0.mask()
                    | S2TG.mask() | S2PS.mask() | S2AA64.mask() | S2ENDI.mask() | S2AFFD.mask() | S2PTW.mask()
                    | S2HD.mask() | S2HA.mask() | S2S.mask() | S2R.mask();
            used[3] |= S2TTB.mask();
        }
    }
}
