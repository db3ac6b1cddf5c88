package org.iommu4j.vtd.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * The invalidation queue's Address, Head and Tail Registers (sections 11.4.9.1 to 11.4.9.3).
 * <pre>
 *       63                      12  11  10  3 2    0
 *      +--------------------------+----+-----+------+
 * IQA  |           IQA            | DW |  0  |  QS  |   2^QS pages; DW 1: descriptors of 32 bytes
 *      +--------------------------+----+-----+------+
 *       63              19 18            4 3        0
 *      +------------------+---------------+----------+
 * IQH  |        0         |  QH, byte offset in IQA  |
 * IQT  |        0         |  QT, byte offset in IQA  |
 *      +------------------+---------------+----------+
 * </pre>
 */
public final class QueueAddress {
    private static final Field QS = Field.bits("QS", 0, 2, 0);
    private static final Field DW = Field.bit("DW", 0, 11);
    private static final Field IQA = Field.address("IQA", 0, 63, 12);
    private static final Field OFFSET = Field.address("QH", 0, 18, 4);
    /** IQA_REG. */
    public static final Layout LAYOUT = Layout.of("Invalidation Queue Address Register", 1, QS, DW, IQA);
    /** IQH_REG. */
    public static final Layout HEAD = Layout.of("Invalidation Queue Head Register", 1, Field.bits("QH", 0, 18, 4));
    /** IQT_REG. */
    public static final Layout TAIL = Layout.of("Invalidation Queue Tail Register", 1, Field.bits("QT", 0, 18, 4));

    private QueueAddress() {
    }

    /**
     * @param base multiple of 4 KiB
     * @param wide true for descriptors of 32 bytes
     * @param pagesLg2 0 to 7
     */
    public static long of(long base, boolean wide, int pagesLg2) {
        return IQA.with(base) | DW.with(wide ? 1 : 0) | QS.with(pagesLg2);
    }

    /** Byte offset in the queue that a head or tail register holds. */
    public static long offset(long register) {
        return OFFSET.of(register);
    }
}
