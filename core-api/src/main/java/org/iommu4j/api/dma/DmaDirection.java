package org.iommu4j.api.dma;

import org.iommu4j.api.Protection;

/** Which way data goes; decides what the mapping lets the device do. */
public enum DmaDirection {
    /** The device reads memory. */
    TO_DEVICE(Protection.READ),
    /** The device writes memory. */
    FROM_DEVICE(Protection.WRITE),
    /** Both. */
    BIDIRECTIONAL(Protection.READ | Protection.WRITE);

    private final int protection;

    DmaDirection(int access) {
        this.protection = access | Protection.CACHE;
    }

    /** {@link Protection} bits of a mapping of memory: the access, and {@link Protection#CACHE}. */
    public int protection() {
        return protection;
    }
}
