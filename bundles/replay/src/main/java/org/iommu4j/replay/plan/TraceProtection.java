package org.iommu4j.replay.plan;

import org.iommu4j.replay.trace.DmaDirection;

/**
 * The protection bits of a trace, as Linux's {@code include/linux/iommu.h} numbers them ({@code IOMMU_READ} and the
 * following).
 */
public final class TraceProtection {

    public static final int READ = 1;
    public static final int WRITE = 1 << 1;
    /** DMA that snoops the CPU's caches. */
    public static final int CACHE = 1 << 2;
    public static final int NOEXEC = 1 << 3;
    /** The physical address is a device's register, not memory. */
    public static final int MMIO = 1 << 4;
    public static final int PRIVILEGED = 1 << 5;

    private TraceProtection() {
    }

    /** What a DMA of this direction needs: the device reads what goes to it and writes what comes from it. */
    static int of(DmaDirection direction) {
        return switch (direction) {
            case TO_DEVICE -> READ;
            case FROM_DEVICE -> WRITE;
            case BIDIRECTIONAL, NONE -> READ | WRITE;
        };
    }
}
