package org.iommu4j.smmuv3.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * The registers that control a unit as a whole (sections 6.3.9 to 6.3.16). Writes to CR0 and IRQ_CTRL are in force when
 * CR0ACK and IRQ_CTRLACK show them; one to GBPA when Update is 0 again.
 * <pre>
 *              8  6     4        3        2        1       0
 *            +------+--------+--------+--------+--------+--------+
 *  CR0       | VMW  | ATSCHK | CMDQEN |EVENTQEN| PRIQEN | SMMUEN |
 *            +------+--------+--------+--------+--------+--------+
 *             11   10 9      8 7      6 5      4 3      2 1      0
 *            +-------+--------+--------+--------+--------+--------+
 *  CR1       |TABLESH|TABLE_OC|TABLE_IC|QUEUE_SH|QUEUE_OC|QUEUE_IC|   shareability, cacheability
 *            +-------+--------+--------+--------+--------+--------+
 *  CR2       |           0              |  PTM   |RECINVSID|  E2H  |   bits 2 to 0
 *            +--------+-------+---------+--------+---------+-------+
 *  GBPA      |Update31|ABORT20|SHCFG13-12|ALLOCCFG11-8|MTCFG4|MemAttr3-0|
 *            +--------+-------+---------+--------+---------+-------+
 *  IRQ_CTRL  |           0              | EVENTQ |  PRIQ   |GERROR |   bits 2 to 0
 *            +--------------------------+--------+---------+-------+
 * </pre>
 */
public final class Control {
    private static final Field SMMUEN = Field.bit("SMMUEN", 0, 0);
    private static final Field EVENTQEN = Field.bit("EVENTQEN", 0, 2);
    private static final Field CMDQEN = Field.bit("CMDQEN", 0, 3);
    /** SMMU_CR0. */
    public static final Layout CR0 = Layout.of("SMMU_CR0", 1, SMMUEN, Field.bit("PRIQEN", 0, 1), EVENTQEN, CMDQEN,
            Field.bit("ATSCHK", 0, 4), Field.bits("VMW", 0, 8, 6));

    private static final Field QUEUE_IC = Field.bits("QUEUE_IC", 0, 1, 0);
    private static final Field QUEUE_OC = Field.bits("QUEUE_OC", 0, 3, 2);
    private static final Field QUEUE_SH = Field.bits("QUEUE_SH", 0, 5, 4);
    private static final Field TABLE_IC = Field.bits("TABLE_IC", 0, 7, 6);
    private static final Field TABLE_OC = Field.bits("TABLE_OC", 0, 9, 8);
    private static final Field TABLE_SH = Field.bits("TABLE_SH", 0, 11, 10);
    /** SMMU_CR1. */
    public static final Layout CR1 =
            Layout.of("SMMU_CR1", 1, QUEUE_IC, QUEUE_OC, QUEUE_SH, TABLE_IC, TABLE_OC, TABLE_SH);

    private static final Field RECINVSID = Field.bit("RECINVSID", 0, 1);
    private static final Field PTM = Field.bit("PTM", 0, 2);
    /** SMMU_CR2. */
    public static final Layout CR2 = Layout.of("SMMU_CR2", 1, Field.bit("E2H", 0, 0), RECINVSID, PTM);

    private static final Field ABORT = Field.bit("ABORT", 0, 20);
    private static final Field UPDATE = Field.bit("Update", 0, 31);
    /** SMMU_GBPA. */
    public static final Layout GBPA = Layout.of("SMMU_GBPA", 1, Field.bits("MemAttr", 0, 3, 0),
            Field.bit("MTCFG", 0, 4), Field.bits("ALLOCCFG", 0, 11, 8), Field.bits("SHCFG", 0, 13, 12), ABORT, UPDATE);

    private static final Field GERROR = Field.bit("GERROR", 0, 0);
    private static final Field EVENTQ = Field.bit("EVENTQ", 0, 2);
    /** SMMU_IRQ_CTRL. */
    public static final Layout IRQ_CTRL = Layout.of("SMMU_IRQ_CTRL", 1, GERROR, Field.bit("PRIQ", 0, 1), EVENTQ);

    private static final int INNER_SHAREABLE = 3;
    private static final int WRITE_BACK = 1;

    /** CR0: commands are consumed. */
    public static final int COMMANDS = (int) CMDQEN.mask();
    /** CR0: commands are consumed and events recorded. */
    public static final int QUEUES = COMMANDS | (int) EVENTQEN.mask();
    /** CR0: translation is on, with both queues. */
    public static final int RUNNING = QUEUES | (int) SMMUEN.mask();
    /** CR0: translation is on. */
    static final int TRANSLATING = (int) SMMUEN.mask();
    /** CR1: the unit's own accesses are to write-back memory, inner shareable. */
    public static final int MEMORY = (int) (QUEUE_IC.with(WRITE_BACK) | QUEUE_OC.with(WRITE_BACK)
            | QUEUE_SH.with(INNER_SHAREABLE) | TABLE_IC.with(WRITE_BACK) | TABLE_OC.with(WRITE_BACK)
            | TABLE_SH.with(INNER_SHAREABLE));
    /** CR2: processors' TLB maintenance is not heard, and streams without an entry are reported. */
    public static final int OWN_MAINTENANCE = (int) (PTM.mask() | RECINVSID.mask());
    /** IRQ_CTRL: events and errors interrupt. */
    public static final int INTERRUPTS = (int) (GERROR.mask() | EVENTQ.mask());

    private Control() {
    }

    /** GBPA: what is to be written so that nothing passes while the unit is off. */
    static int abort(int gbpa) {
        return gbpa | (int) (ABORT.mask() | UPDATE.mask());
    }

    static boolean isUpdating(int gbpa) {
        return UPDATE.in(Integer.toUnsignedLong(gbpa));
    }
}
