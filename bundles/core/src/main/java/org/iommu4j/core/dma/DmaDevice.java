package org.iommu4j.core.dma;

import org.iommu4j.api.dma.DmaLimits;

/** What the DMA API knows of a device. */
final class DmaDevice {
    /** The highest address of 32 bits. */
    static final long LOW_LAST = 0xffff_ffffL;

    private final DmaGroup group;
    private volatile DmaLimits limits = DmaLimits.PCI;
    private volatile boolean lowExhausted;

    DmaDevice(DmaGroup group) {
        this.group = group;
    }

    DmaGroup group() {
        return group;
    }

    DmaLimits limits() {
        return limits;
    }

    void limits(DmaLimits next) {
        limits = next;
    }

    /** True if addresses below 4 GiB are to be tried before those that only it can send. */
    boolean triesLow() {
        return !lowExhausted && Long.compareUnsigned(limits.mask(), LOW_LAST) > 0;
    }

    /** There was none below 4 GiB: it is not tried again, since looking for the last ones is slow. */
    void lowExhausted() {
        lowExhausted = true;
    }
}
