package org.iommu4j.vtd.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * What a unit can do: the Capability and the Extended Capability Register (sections 11.4.2 and 11.4.3). Both are
 * constant while the unit is powered. Immutable.
 * <pre>
 * CAP
 *   63     62     60    59  56  55  54  53  48 47 40 39  37   34 33  24 22  21  16 12   8  7    6    5    4   3  2  0
 * +------+-------+-----+--+-----+---+---+------+-----+---+-------+------+---+------+------+--+----+----+----+---+----+
 * |ESRTPS|ESIRTPS|FS5LP|PI|FS1GP|DRD|DWD| MAMV | NFR |PSI| SLLPS | FRO  |ZLR| MGAW |SAGAW |CM|PHMR|PLMR|RWBF|AFL| ND |
 * +------+-------+-----+--+-----+---+---+------+-----+---+-------+------+---+------+------+--+----+----+----+---+----+
 * ECAP
 *   49    48    47   46   45   44   43  42  41   40   39 35  34   33   31  30  29   26   25
 * +---+------+----+----+-----+---+----+---+---+-----+-----+----+----+---+---+---+----+---+
 * |RPS|SMPWCS|FSTS|SSTS|SSADS|VCS|SMTS|PDS|DIT|PASID| PSS |EAFS|NWFS|SRS|ERS|PRS|NEST|MTS|
 * +---+------+----+----+-----+---+----+---+---+-----+-----+----+----+---+---+---+----+---+
 *                                                       23 20 17  8  7  6   4   3  2  1  0
 *                                                       +----+-----+--+--+---+--+--+--+--+
 *                                                       |MHMV| IRO |SC|PT|EIM|IR|DT|QI|C |
 *                                                       +----+-----+--+--+---+--+--+--+--+
 * </pre>
 *
 * @param cap raw Capability Register
 * @param ecap raw Extended Capability Register
 */
public record Capabilities(long cap, long ecap) {
    private static final Field ND = Field.bits("ND", 0, 2, 0);
    private static final Field RWBF = Field.bit("RWBF", 0, 4);
    private static final Field CM = Field.bit("CM", 0, 7);
    private static final Field SAGAW = Field.bits("SAGAW", 0, 12, 8);
    private static final Field MGAW = Field.bits("MGAW", 0, 21, 16);
    private static final Field FRO = Field.bits("FRO", 0, 33, 24);
    private static final Field SLLPS = Field.bits("SLLPS", 0, 37, 34);
    private static final Field PSI = Field.bit("PSI", 0, 39);
    private static final Field NFR = Field.bits("NFR", 0, 47, 40);
    private static final Field MAMV = Field.bits("MAMV", 0, 53, 48);
    private static final Field DWD = Field.bit("DWD", 0, 54);
    private static final Field DRD = Field.bit("DRD", 0, 55);
    private static final Field FS1GP = Field.bit("FS1GP", 0, 56);
    private static final Field FS5LP = Field.bit("FS5LP", 0, 60);
    /** CAP_REG. */
    public static final Layout CAP = Layout.of("Capability Register", 1, ND, Field.bit("AFL", 0, 3), RWBF,
            Field.bit("PLMR", 0, 5), Field.bit("PHMR", 0, 6), CM, SAGAW, MGAW, Field.bit("ZLR", 0, 22), FRO, SLLPS, PSI,
            NFR, MAMV, DWD, DRD, FS1GP, Field.bit("PI", 0, 59), FS5LP, Field.bit("ESIRTPS", 0, 62),
            Field.bit("ESRTPS", 0, 63));

    private static final Field C = Field.bit("C", 0, 0);
    private static final Field QI = Field.bit("QI", 0, 1);
    private static final Field PT = Field.bit("PT", 0, 6);
    private static final Field SMTS = Field.bit("SMTS", 0, 43);
    private static final Field SSADS = Field.bit("SSADS", 0, 45);
    private static final Field SSTS = Field.bit("SSTS", 0, 46);
    private static final Field FSTS = Field.bit("FSTS", 0, 47);
    private static final Field SMPWCS = Field.bit("SMPWCS", 0, 48);
    private static final Field IRO = Field.bits("IRO", 0, 17, 8);
    /** ECAP_REG. */
    public static final Layout ECAP = Layout.of("Extended Capability Register", 1, C, QI, Field.bit("DT", 0, 2),
            Field.bit("IR", 0, 3), Field.bit("EIM", 0, 4), PT, Field.bit("SC", 0, 7), IRO,
            Field.bits("MHMV", 0, 23, 20), Field.bit("MTS", 0, 25), Field.bit("NEST", 0, 26), Field.bit("PRS", 0, 29),
            Field.bit("ERS", 0, 30), Field.bit("SRS", 0, 31), Field.bit("NWFS", 0, 33), Field.bit("EAFS", 0, 34),
            Field.bits("PSS", 0, 39, 35), Field.bit("PASID", 0, 40), Field.bit("DIT", 0, 41), Field.bit("PDS", 0, 42),
            SMTS, Field.bit("VCS", 0, 44), SSADS, SSTS, FSTS, SMPWCS, Field.bit("RPS", 0, 49));

    /** Bits of an address below the lowest table, and bits that each table level resolves. */
    private static final int PAGE_BITS = 12;
    private static final int LEVEL_BITS = 9;
    /** Bit n of SAGAW stands for tables of n + 2 levels. */
    private static final int SAGAW_LEVELS = 2;
    /** Bit n of SLLPS stands for pages of 2^(21 + 9 n) bytes. */
    private static final int LARGE_PAGE_LG2 = 21;
    private static final int REGISTER_UNIT = 16;
    private static final int MIN_LEVELS = 3;
    private static final int MAX_LEVELS = 5;
    private static final int FIRST_STAGE_LEVELS = 4;

    /** True if there is an invalidation queue. */
    public boolean queuedInvalidation() {
        return QI.in(ecap);
    }

    /** True if scalable mode is there, with some translation and with the queue that it needs. */
    public boolean scalable() {
        return SMTS.in(ecap) && (SSTS.in(ecap) || FSTS.in(ecap)) && queuedInvalidation();
    }

    /** True if a unit in that mode walks first-stage tables. */
    public boolean firstStage(boolean scalable) {
        return scalable && FSTS.in(ecap);
    }

    /** True if a unit in that mode walks second-stage tables. */
    public boolean secondStage(boolean scalable) {
        return levels() != 0 && (!scalable || SSTS.in(ecap));
    }

    /**
     * True if a unit in that mode can mark in second-stage tables what is written. Walks that do not snoop cannot: they
     * fault (SSS.5).
     */
    public boolean marksWrites(boolean scalable) {
        return scalable && secondStage(true) && SSADS.in(ecap) && walksSnoop(true);
    }

    /** True if requests can pass untranslated. */
    public boolean passThrough() {
        return PT.in(ecap);
    }

    /** True if accesses to root, context and PASID tables snoop processor caches. */
    public boolean coherent() {
        return C.in(ecap);
    }

    /** True if walks of page tables snoop processor caches where the PASID entry asks for it. */
    public boolean walkSnoopControl() {
        return SMPWCS.in(ecap);
    }

    /** True if a unit in that mode can walk page tables in such a way that it snoops processor caches. */
    public boolean walksSnoop(boolean scalable) {
        return scalable ? walkSnoopControl() : coherent();
    }

    /** True if hardware may cache absent entries, so that making one present needs an invalidation. */
    public boolean cachingMode() {
        return CM.in(cap);
    }

    /** True if stores to tables reach hardware only after a write-buffer flush. */
    public boolean writeBufferFlush() {
        return RWBF.in(cap);
    }

    /** How many domain ids there are, 16 to 65536. */
    public int domainIds() {
        return 1 << 4 + 2 * (int) ND.of(cap);
    }

    /** True if second-stage tables may have so many levels. */
    public boolean hasLevels(int levels) {
        return levels >= MIN_LEVELS && levels <= MAX_LEVELS && (SAGAW.of(cap) >>> levels - SAGAW_LEVELS & 1) != 0;
    }

    /** The fewest levels that reach all addresses, else the most there are; 0 if there is no second stage. */
    public int levels() {
        int best = 0;
        for (int levels = MIN_LEVELS; levels <= MAX_LEVELS; levels++) {
            if (hasLevels(levels)) {
                best = levels;
                if (tableBits(levels) >= guestBits()) {
                    return best;
                }
            }
        }
        return best;
    }

    /** The most levels that second-stage tables may have. */
    public int mostLevels() {
        return hasLevels(5) ? 5 : hasLevels(4) ? 4 : MIN_LEVELS;
    }

    /** Width of an IOVA that tables of so many levels translate on this unit. */
    public int addressBits(int levels) {
        return Math.min(tableBits(levels), guestBits());
    }

    /** Bit n set: second-stage pages of 2^n bytes. */
    public long pageSizes() {
        long large = SLLPS.of(cap);
        return 1L << PAGE_BITS | (large & 1) << LARGE_PAGE_LG2 | (large >>> 1 & 1) << LARGE_PAGE_LG2 + LEVEL_BITS;
    }

    /** True if first-stage tables may have so many levels. */
    public boolean hasFirstStageLevels(int levels) {
        return levels == FIRST_STAGE_LEVELS || levels == MAX_LEVELS && FS5LP.in(cap);
    }

    /** The fewest levels of first-stage tables that reach all addresses, else the most there are. */
    public int firstStageLevels() {
        boolean reach = guestBits() <= tableBits(FIRST_STAGE_LEVELS);
        return reach || !FS5LP.in(cap) ? FIRST_STAGE_LEVELS : MAX_LEVELS;
    }

    /**
     * Width of an IOVA that software may use in first-stage tables of so many levels: the lower half of the canonical
     * addresses, and nothing beyond MGAW (section 3.6).
     */
    public int firstStageAddressBits(int levels) {
        return Math.min(tableBits(levels) - 1, guestBits());
    }

    /** Bit n set: first-stage pages of 2^n bytes; 2 MiB always. */
    public long firstStagePageSizes() {
        return 1L << PAGE_BITS | 1L << LARGE_PAGE_LG2 | FS1GP.of(cap) << LARGE_PAGE_LG2 + LEVEL_BITS;
    }

    /** Log2 of the most pages that one page-selective invalidation covers; -1 if there is none. */
    public int addressMaskBits() {
        return PSI.in(cap) ? (int) MAMV.of(cap) : -1;
    }

    public boolean drainsReads() {
        return DRD.in(cap);
    }

    public boolean drainsWrites() {
        return DWD.in(cap);
    }

    /** Offset of the first fault record in the register file. */
    public long faultRecords() {
        return FRO.of(cap) * REGISTER_UNIT;
    }

    /** Offset of the Invalidate Address Register in the register file; the IOTLB Invalidate Register follows it. */
    public long iotlbRegisters() {
        return IRO.of(ecap) * REGISTER_UNIT;
    }

    /** How many fault records there are. */
    public int faultRecordCount() {
        return (int) NFR.of(cap) + 1;
    }

    private int guestBits() {
        return (int) MGAW.of(cap) + 1;
    }

    private static int tableBits(int levels) {
        return PAGE_BITS + LEVEL_BITS * levels;
    }
}
