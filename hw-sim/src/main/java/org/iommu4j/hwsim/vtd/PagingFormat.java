package org.iommu4j.hwsim.vtd;

/**
 * What the paging entries of a stage mean, as data that {@link PagingWalk} reads them by. VT-d specification 3.6, 9.7
 * (first stage), 3.7, 9.8 (second stage).
 * <pre>
 *  first   63  62   52 51  HAW      12  11 10   9   8   7   6   5  4    3   2   1   0
 *         +---+-------+---+-----------+----+----+----+---+----+---+---+-----+-----+----+----+---+
 *         |XD |  ign  | 0 |   ADDR    |ign | EA |ign | G | PS | D | A | PCD | PWT | US | RW | P |
 *         +---+-------+---+-----------+----+----+----+---+----+---+---+-----+-----+----+----+---+
 *  second  63  62  61  52 51  HAW      12  11  10  9   8   7   6    3  2   1   0
 *         +---+---+------+---+-----------+-----+---+---+---+----+------+---+---+---+
 *         |   |TM |  ign | 0 |   ADDR    | SNP |   | D | A | PS | ign  | X | W | R |
 *         +---+---+------+---+-----------+-----+---+---+---+----+------+---+---+---+
 * </pre>
 * A leaf of 2 MiB or 1 GiB has PS; its address bits below its size are 0, but for bit 12 in the first stage (PAT).
 * There are no requests to execute, so that X and XD mean nothing. A second-stage entry that allows neither reading nor
 * writing is not present, whatever else it holds.
 */
final class PagingFormat {
    static final long P = 1;
    static final long RW = 1 << 1;
    static final long US = 1 << 2;
    static final long PS = 1 << 7;
    static final long ADDRESS = 0x000f_ffff_ffff_f000L;
    static final int PAGE_LG2 = 12;
    static final int LEVEL_BITS = 9;

    static final long FIRST_ACCESSED = 1 << 5;
    static final long FIRST_EXTENDED = 1 << 10;
    static final long FIRST_DIRTY = 1 << 6;
    static final long SECOND_ACCESSED = 1 << 8;
    static final long SECOND_DIRTY = 1 << 9;

    private static final long PAT = 1 << 12;
    private static final long SNP = 1 << 11;
    private static final long TM = 1L << 62;
    private static final int LEVELS = 5;

    /** An entry with none of these bits is not present. */
    final long presence;
    /** These bits hold for a page if they are set in the entries of all levels. */
    final long combined;
    final long tableReserved;
    /** By level; includes PS where there are no leaves. */
    final long[] leafReserved = new long[LEVELS + 1];
    final int access;
    final int rootAccess;
    final int reserved;
    final int noSnoop;
    final int notPresentRead;
    final int notPresentWrite;
    final int noRead;
    final int noWrite;

    private PagingFormat(long presence, long combined, long tableReserved, int... reasons) {
        this.presence = presence;
        this.combined = combined;
        this.tableReserved = tableReserved;
        this.access = reasons[0];
        this.rootAccess = reasons[1];
        this.reserved = reasons[2];
        this.noSnoop = reasons[3];
        this.notPresentRead = reasons[4];
        this.notPresentWrite = reasons[5];
        this.noRead = reasons[6];
        this.noWrite = reasons[7];
    }

    static PagingFormat firstStage(VtdCapabilities caps) {
        PagingFormat format = new PagingFormat(P, P | RW | US, beyond(caps),
                FaultReason.S_FIRST_ACCESS, FaultReason.S_FIRST_ROOT_ACCESS, FaultReason.S_FIRST_RESERVED,
                FaultReason.S_FIRST_NO_SNOOP, FaultReason.S_FIRST_NOT_PRESENT, FaultReason.S_FIRST_NOT_PRESENT,
                FaultReason.S_NO_READ, FaultReason.S_NO_WRITE);
        for (int level = 1; level <= LEVELS; level++) {
            boolean leaves = level <= 2 || level == 3 && caps.firstStageGigabytePages();
            format.leafReserved[level] = beyond(caps) | within(level) & ~PAT | (leaves ? 0 : PS);
        }
        return format;
    }

    static PagingFormat secondStage(VtdCapabilities caps) {
        return secondStage(caps, FaultReason.S_PAGING_ACCESS, FaultReason.S_PAGING_ROOT_ACCESS,
                FaultReason.S_PAGING_RESERVED, FaultReason.S_PAGING_NO_SNOOP, FaultReason.S_PAGING_NOT_PRESENT,
                FaultReason.S_PAGING_NOT_PRESENT, FaultReason.S_NO_READ, FaultReason.S_NO_WRITE);
    }

    /** The second stage with the reasons of legacy mode, which has no accessed bits. */
    static PagingFormat legacySecondStage(VtdCapabilities caps) {
        return secondStage(caps, FaultReason.PAGING_ACCESS, FaultReason.PAGING_ACCESS, FaultReason.PAGING_RESERVED,
                FaultReason.NONE, FaultReason.NO_READ, FaultReason.NO_WRITE, FaultReason.NO_READ,
                FaultReason.NO_WRITE);
    }

    private static PagingFormat secondStage(VtdCapabilities caps, int... reasons) {
        PagingFormat format = new PagingFormat(P | RW, P | RW, beyond(caps) | SNP | TM, reasons);
        long everywhere = beyond(caps) | (caps.snoopControl() ? 0 : SNP) | (caps.deviceTlbs() ? 0 : TM);
        for (int level = 1; level <= LEVELS; level++) {
            format.leafReserved[level] = everywhere | within(level) | (caps.supportsLeaf(level) ? 0 : PS);
        }
        return format;
    }

    private static long beyond(VtdCapabilities caps) {
        return caps.beyondPhysical() & ADDRESS;
    }

    /** Address bits below the size of a leaf at a level. */
    private static long within(int level) {
        return (1L << LEVEL_BITS * (level - 1)) - 1 << PAGE_LG2;
    }
}
