package org.iommu4j.vtd.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * The Context Command Register, and the IOTLB Invalidate Register with its Invalidate Address Register (sections
 * 11.4.6.1, 11.4.6.2). Hardware clears ICC and IVT when it is done, and tells in CAIG and IAIG what it has done, which
 * may be more than was asked for; 0 means that it refused.
 * <pre>
 *        63  62  61 60  59 58        34 33  32 31        16 15            0
 *       +---+------+------+------------+------+------------+---------------+
 * CCMD  |ICC| CIRG | CAIG |     0      |  FM  |    SID     |      DID      |
 *       +---+------+------+------------+------+------------+---------------+
 *        63  62 61  60 59 58  57 56 50 49   48  47        32 31           0
 *       +---+--+------+--+------+-----+----+----+-----------+--------------+
 * IOTLB |IVT|0 | IIRG |0 | IAIG |  0  | DR | DW |    DID    |      0       |
 *       +---+--+------+--+------+-----+----+----+-----------+--------------+
 *        63                               12 11      7   6   5            0
 *       +-----------------------------------+---------+----+---------------+
 * IVA   |               ADDR                |    0    | IH |      AM       |
 *       +-----------------------------------+---------+----+---------------+
 * </pre>
 */
public final class InvalidationCommand {
    private static final Field ICC = Field.bit("ICC", 0, 63);
    private static final Field CIRG = Field.bits("CIRG", 0, 62, 61);
    private static final Field CAIG = Field.bits("CAIG", 0, 60, 59);
    private static final Field SID = Field.bits("SID", 0, 31, 16);
    private static final Field CONTEXT_DID = Field.bits("DID", 0, 15, 0);
    /** CCMD_REG. */
    public static final Layout CONTEXT = Layout.of("Context Command Register", 1, CONTEXT_DID, SID,
            Field.bits("FM", 0, 33, 32), CAIG, CIRG, ICC);

    private static final Field IVT = Field.bit("IVT", 0, 63);
    private static final Field IIRG = Field.bits("IIRG", 0, 61, 60);
    private static final Field IAIG = Field.bits("IAIG", 0, 58, 57);
    private static final Field DR = Field.bit("DR", 0, 49);
    private static final Field DW = Field.bit("DW", 0, 48);
    private static final Field IOTLB_DID = Field.bits("DID", 0, 47, 32);
    /** IOTLB_REG. */
    public static final Layout IOTLB = Layout.of("IOTLB Invalidate Register", 1, IOTLB_DID, DW, DR, IAIG, IIRG, IVT);

    private InvalidationCommand() {
    }

    /** @param granularity 1 global, 2 domain, 3 device */
    static long contexts(long granularity, long domainId, long source) {
        return ICC.mask() | CIRG.with(granularity) | CONTEXT_DID.with(domainId) | SID.with(source);
    }

    /** @param granularity 1 global, 2 domain, 3 pages */
    static long translations(long granularity, long domainId, boolean drainReads, boolean drainWrites) {
        return IVT.mask() | IIRG.with(granularity) | IOTLB_DID.with(domainId) | DR.with(drainReads ? 1 : 0)
                | DW.with(drainWrites ? 1 : 0);
    }

    static boolean contextsPending(long register) {
        return ICC.in(register);
    }

    static boolean contextsDone(long register) {
        return CAIG.in(register);
    }

    static boolean translationsPending(long register) {
        return IVT.in(register);
    }

    static boolean translationsDone(long register) {
        return IAIG.in(register);
    }
}
