package org.iommu4j.hwsim.smmuv3;

/**
 * SMMU_IRQ_CTRL and its acknowledge register. Arm IHI 0070, 6.3.16, 6.3.17. Any thread.
 * <pre>
 *   2        1      0
 *  +--------+------+--------+
 *  | EVENTQ | PRIQ | GERROR |
 *  +--------+------+--------+
 * </pre>
 */
final class IrqControl {
    static final int GERROR = 1;
    static final int EVENTQ = 1 << 2;

    private volatile int enabled;

    int enabled() {
        return enabled;
    }

    boolean enabled(int interrupt) {
        return (enabled & interrupt) != 0;
    }

    /** Takes effect before the write returns. */
    void write(int value) {
        enabled = value & (GERROR | EVENTQ);
    }
}
