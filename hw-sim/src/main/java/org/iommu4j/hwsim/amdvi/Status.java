package org.iommu4j.hwsim.amdvi;

/**
 * Status register, and the interrupts that its bits raise. AMD 48882 section 3.4.11 (MMIO offset 2020h), 2.5.1.
 * <pre>
 *   63     5     4         3          2           1           0
 *  +--------+---------+-----------+----------+-----------+-------------+
 *  |   0    |CmdBufRun|EventLogRun|ComWaitInt|EventLogInt|EventOverflow|    bits 2:0 write 1 to clear, 4:3 read-only
 *  +--------+---------+-----------+----------+-----------+-------------+
 * </pre>
 * A bit interrupts when it becomes 1 while its control bit is 1, or when the control bit becomes 1 while it is. Any
 * thread.
 */
final class Status {
    static final int EVENT_OVERFLOW = 1;
    static final int EVENT_LOG_INT = 1 << 1;
    static final int COMPLETION_WAIT_INT = 1 << 2;
    static final int EVENT_LOG_RUN = 1 << 3;
    static final int COMMAND_BUFFER_RUN = 1 << 4;

    private static final int CLEARABLE = EVENT_OVERFLOW | EVENT_LOG_INT | COMPLETION_WAIT_INT;

    private final AmdFunction function;
    private volatile int value;
    private int enabled;

    Status(AmdFunction function) {
        this.function = function;
    }

    int value() {
        return value;
    }

    /** Sets bits, and sends the interrupt of those that were clear. */
    synchronized void raise(int bits) {
        int risen = bits & ~value;
        value |= bits;
        interrupt(risen & enabled);
    }

    /** A write to the register. */
    synchronized void clear(int ones) {
        value &= ~(ones & CLEARABLE);
    }

    /** Sets or clears a running bit. */
    synchronized void run(int bit, boolean on) {
        value = on ? value | bit : value & ~bit;
    }

    /** Which bits interrupt. */
    synchronized void enable(int bits) {
        int risen = bits & ~enabled;
        enabled = bits;
        interrupt(risen & value);
    }

    private void interrupt(int due) {
        if (due != 0) {
            function.interrupt();
        }
    }
}
