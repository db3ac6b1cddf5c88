package org.iommu4j.smmuv3.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Where the stream table lies (sections 6.3.24 and 6.3.25).
 * <pre>
 *                  63  62 61 52 51                    6 5        0
 *                 +---+--+-----+-----------------------+---------+
 * STRTAB_BASE     | 0 |RA|  0  |         ADDR          |    0    |
 *                 +---+--+-----+-----------------------+---------+
 *                              17   16 15   11 10     6 5        0
 *                             +-------+-------+--------+---------+
 * STRTAB_BASE_CFG             |  FMT  |   0   | SPLIT  |LOG2SIZE |   FMT 0 linear, 1 two levels
 *                             +-------+-------+--------+---------+
 * </pre>
 */
public final class StreamTableBase {
    private static final Field ADDR = Field.address("ADDR", 0, 51, 6);
    private static final Field RA = Field.bit("RA", 0, 62);
    /** SMMU_STRTAB_BASE. */
    public static final Layout BASE = Layout.of("SMMU_STRTAB_BASE", 1, ADDR, RA);

    private static final Field LOG2SIZE = Field.bits("LOG2SIZE", 0, 5, 0);
    private static final Field SPLIT = Field.bits("SPLIT", 0, 10, 6);
    private static final Field FMT = Field.bits("FMT", 0, 17, 16);
    /** SMMU_STRTAB_BASE_CFG. */
    public static final Layout CONFIG = Layout.of("SMMU_STRTAB_BASE_CFG", 1, LOG2SIZE, SPLIT, FMT);

    private StreamTableBase() {
    }

    /** @param table aligned to its size, at least 64 */
    public static long base(long table) {
        return ADDR.with(table) | RA.mask();
    }

    /**
     * @param streamBits width of the StreamIDs that the table covers
     * @param splitBits those of them that the second level resolves; 0 for a linear table
     */
    public static int config(int streamBits, int splitBits) {
        return (int) (LOG2SIZE.with(streamBits) | SPLIT.with(splitBits) | FMT.with(splitBits == 0 ? 0 : 1));
    }
}
