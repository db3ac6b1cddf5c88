package org.iommu4j.smmuv3.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * The base, producer and consumer registers of a queue (sections 6.3.26 to 6.3.31).
 * <pre>
 *        63   62  61 52 51                              5 4         0
 *       +---+-----+-----+--------------------------------+-----------+
 * BASE  | 0 |RA/WA|  0  |              ADDR              | LOG2SIZE  |
 *       +---+-----+-----+--------------------------------+-----------+
 *                          31   30     24 23   20 19                0
 *                         +----+---------+-------+-------------------+
 * CMDQ_PROD               |           0          |       IDX         |   IDX: index, and above it the wrap bit
 * CMDQ_CONS               | 0  |   ERR   |   0   |       IDX         |
 * EVENTQ_PROD             |OVF |        0        |       IDX         |
 * EVENTQ_CONS             |OVA |        0        |       IDX         |   OVA unlike OVF: records were lost
 *                         +----+-----------------+-------------------+
 * </pre>
 */
public final class QueueRegister {
    private static final Field LOG2SIZE = Field.bits("LOG2SIZE", 0, 4, 0);
    private static final Field ADDR = Field.address("ADDR", 0, 51, 5);
    private static final Field RA_WA = Field.bit("RA_WA", 0, 62);
    /** SMMU_CMDQ_BASE, SMMU_EVENTQ_BASE. */
    public static final Layout BASE = Layout.of("SMMU_Q_BASE", 1, LOG2SIZE, ADDR, RA_WA);

    private static final Field IDX = Field.bits("IDX", 0, 19, 0);
    private static final Field ERR = Field.bits("ERR", 0, 30, 24);
    private static final Field OVERFLOW = Field.bit("OVFLG", 0, 31);
    /** The producer and consumer registers. */
    public static final Layout INDEX = Layout.of("SMMU_Q_IDX", 1, IDX, ERR, OVERFLOW);

    /** CMDQ_CONS.ERR: the command at IDX is illegal. */
    public static final int ILLEGAL = 1;

    private QueueRegister() {
    }

    /** @param base aligned to the queue's size, at least 32 */
    public static long base(long base, int sizeLg2) {
        return ADDR.with(base) | LOG2SIZE.with(sizeLg2) | RA_WA.mask();
    }

    /** The part of a position that a register holds. @param sizeLg2 of the queue, in elements */
    public static int index(long position, int sizeLg2) {
        return (int) position & (2 << sizeLg2) - 1;
    }

    /** Why the command queue stands; 0 if it does not. */
    public static int error(int consumer) {
        return (int) ERR.of(consumer);
    }

    /** The overflow flag, in place, of either register. */
    public static int overflow(int register) {
        return register & (int) OVERFLOW.mask();
    }
}
