package org.iommu4j.vtd.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Fault Status and Fault Event Control Register, 32 bits each (sections 11.4.7.1 and 11.4.7.2). The bits of FSTS but
 * PPF and FRI are cleared by writing 1.
 * <pre>
 *       31            16 15    8  7   6   5   4  3   2   1   0
 *      +----------------+-------+---+---+---+---+------+---+---+
 * FSTS |       0        |  FRI  | 0 |ITE|ICE|IQE|  0   |PPF|PFO|
 *      +----------------+-------+---+---+---+---+------+---+---+
 *       31   30  29                                            0
 *      +----+----+----------------------------------------------+
 * FECTL| IM | IP |                      0                       |
 *      +----+----+----------------------------------------------+
 * </pre>
 */
public final class FaultStatus {
    private static final Field PFO = Field.bit("PFO", 0, 0);
    private static final Field PPF = Field.bit("PPF", 0, 1);
    private static final Field IQE = Field.bit("IQE", 0, 4);
    private static final Field ICE = Field.bit("ICE", 0, 5);
    private static final Field ITE = Field.bit("ITE", 0, 6);
    private static final Field FRI = Field.bits("FRI", 0, 15, 8);
    private static final Field IM = Field.bit("IM", 0, 31);
    /** FSTS_REG. */
    public static final Layout LAYOUT = Layout.of("Fault Status Register", 1, PFO, PPF, IQE, ICE, ITE, FRI);
    /** FECTL_REG. */
    public static final Layout CONTROL = Layout.of("Fault Event Control Register", 1, Field.bit("IP", 0, 30), IM);

    /** Some fault was dropped because all records were taken. */
    public static final int OVERFLOW = (int) PFO.mask();
    /** Some fault record is taken. */
    public static final int PENDING = (int) PPF.mask();
    /** The descriptor at the head of the invalidation queue is malformed; nothing is fetched until this is cleared. */
    public static final int QUEUE_ERROR = (int) IQE.mask();
    /** A device answered an invalidation that nobody sent. */
    public static final int COMPLETION_ERROR = (int) ICE.mask();
    /** A device did not answer; waits that were fetched are dropped, nothing is fetched until this is cleared. */
    public static final int TIMEOUT_ERROR = (int) ITE.mask();
    /** Any error of the invalidation queue. */
    public static final int QUEUE_ERRORS = QUEUE_ERROR | COMPLETION_ERROR | TIMEOUT_ERROR;
    /** All bits that are cleared by writing 1. */
    public static final int CLEARED_BY_ONE = OVERFLOW | QUEUE_ERRORS;
    /** In FECTL: the fault interrupt is masked. */
    public static final int MASKED = (int) IM.mask();

    private FaultStatus() {
    }

    /** Index of the first taken fault record. */
    public static int firstRecord(int status) {
        return (int) FRI.of(status);
    }
}
