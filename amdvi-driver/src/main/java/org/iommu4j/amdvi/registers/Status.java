package org.iommu4j.amdvi.registers;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * IOMMU Status Register (section 3.4, offset 2020h). Bits 0 to 2 are cleared by writing 1.
 * <pre>
 *      4           3          2           1             0
 * +----------+-----------+----------+-----------+-------------+
 * |CmdBufRun |EventLogRun|ComWaitInt|EventLogInt|EventOverflow|
 * +----------+-----------+----------+-----------+-------------+
 * </pre>
 */
public final class Status {
    private static final Field OVERFLOW = Field.bit("EventOverflow", 0, 0);
    private static final Field INTERRUPT = Field.bit("EventLogInt", 0, 1);
    private static final Field WAIT_INTERRUPT = Field.bit("ComWaitInt", 0, 2);
    private static final Field LOG_RUNS = Field.bit("EventLogRun", 0, 3);
    private static final Field COMMANDS_RUN = Field.bit("CmdBufRun", 0, 4);
    /** The register. */
    public static final Layout LAYOUT =
            Layout.of("Status", 1, OVERFLOW, INTERRUPT, WAIT_INTERRUPT, LOG_RUNS, COMMANDS_RUN);

    /** The log is full and an event was dropped; logging has stopped. */
    public static final long EVENT_OVERFLOW = OVERFLOW.mask();
    /** An event was logged and the interrupt raised; while it is set no other is. */
    public static final long EVENT_INTERRUPT = INTERRUPT.mask();
    /** Events are being logged. */
    public static final long EVENT_LOG_RUNS = LOG_RUNS.mask();
    /** Commands are being fetched. */
    public static final long COMMAND_BUFFER_RUNS = COMMANDS_RUN.mask();
    /** All bits that are cleared by writing 1. */
    static final long CLEARED_BY_ONE = OVERFLOW.mask() | INTERRUPT.mask() | WAIT_INTERRUPT.mask();

    private Status() {
    }
}
