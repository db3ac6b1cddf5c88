package org.iommu4j.smmuv3.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * GERROR and GERRORN (sections 6.3.19 and 6.3.20). An error is active where the two differ; software acknowledges it by
 * making GERRORN equal.
 * <pre>
 *      9      8        7          6        5       4       3       2    1   0
 *   +------+-----+----------+---------+-------+-------+-------+-------+---+------+
 *   | CMDQP| SFM |MSI_GERROR| MSI_PRIQ|MSI_EVQ|MSI_CMD|PRIQABT|EVQ_ABT| 0 |CMDQ  |
 *   +------+-----+----------+---------+-------+-------+-------+-------+---+------+
 * </pre>
 */
public final class GlobalError {
    private static final Field CMDQ_ERR = Field.bit("CMDQ_ERR", 0, 0);
    private static final Field EVENTQ_ABT = Field.bit("EVENTQ_ABT", 0, 2);
    private static final Field SFM = Field.bit("SFM", 0, 8);
    /** SMMU_GERROR, SMMU_GERRORN. */
    public static final Layout LAYOUT = Layout.of("SMMU_GERROR", 1, CMDQ_ERR, EVENTQ_ABT,
            Field.bit("PRIQ_ABT", 0, 3), Field.bit("MSI_CMDQ_ABT", 0, 4), Field.bit("MSI_EVENTQ_ABT", 0, 5),
            Field.bit("MSI_PRIQ_ABT", 0, 6), Field.bit("MSI_GERROR_ABT", 0, 7), SFM, Field.bit("CMDQP_ERR", 0, 9));

    /** The command queue stands; CMDQ_CONS.ERR says why. */
    public static final int COMMAND_QUEUE = (int) CMDQ_ERR.mask();
    /** Event records could not be written. */
    static final int EVENTS_ABORTED = (int) EVENTQ_ABT.mask();
    /** The unit has given up: it aborts all transactions. */
    static final int SERVICE_FAILURE = (int) SFM.mask();

    private GlobalError() {
    }
}
