package org.iommu4j.hwsim.smmuv3;

/**
 * SMMU_GERROR and SMMU_GERRORN: an error is active while its bits differ. Arm IHI 0070, 6.3.19, 6.3.20, 7.5.
 * <pre>
 *   8    7       6      5        4      3      2          1 0
 *  +---+-------+------+--------+------+------+----------+-+----------+
 *  |SFM|GERROR | PRIQ | EVENTQ | CMDQ | PRIQ | EVENTQ   |0| CMDQ_ERR |
 *  |   |MSI_ABT|MSI...|MSI_ABT |MSI...| ABT  | ABT_ERR  | |          |
 *  +---+-------+------+--------+------+------+----------+-+----------+
 * </pre>
 * Any thread.
 */
final class GlobalErrors {
    static final int COMMAND = 1;
    static final int EVENT_ABORT = 1 << 2;
    static final int COMMAND_MESSAGE = 1 << 4;
    static final int EVENT_MESSAGE = 1 << 5;

    private static final int OWN_MESSAGE = 1 << 7;
    private static final int ALL = COMMAND | EVENT_ABORT | COMMAND_MESSAGE | EVENT_MESSAGE | OWN_MESSAGE;

    private final UnitInterrupt message;
    private volatile int raised;
    private volatile int acknowledged;

    GlobalErrors(UnitInterrupt message) {
        this.message = message;
    }

    UnitInterrupt message() {
        return message;
    }

    /** SMMU_GERROR. */
    int raised() {
        return raised;
    }

    /** SMMU_GERRORN. */
    int acknowledged() {
        return acknowledged;
    }

    boolean active(int error) {
        return ((raised ^ acknowledged) & error) != 0;
    }

    /** Makes an error active, unless it is, and sends the interrupt. */
    synchronized void raise(int error) {
        if (!active(error)) {
            raised ^= error;
            if (!message.send() && !active(OWN_MESSAGE)) {
                raised ^= OWN_MESSAGE;
            }
        }
    }

    /** A write to SMMU_GERRORN. */
    synchronized void acknowledge(int value) {
        acknowledged = value & ALL;
    }
}
