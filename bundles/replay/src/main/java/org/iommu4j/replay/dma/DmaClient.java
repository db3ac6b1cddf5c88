package org.iommu4j.replay.dma;

import java.util.OptionalLong;

/** Makes one device do DMA, as a driver of it does. One thread at a time, unless an implementation says more. */
public interface DmaClient {
    /**
     * Has the device carry out all transfers of a batch, in order, and waits for the last one.
     *
     * @throws org.iommu4j.api.IommuException TIMEOUT if a transfer is pending beyond 10 seconds
     */
    void run(DmaBatch batch);

    /**
     * A page of memory that the device must reach, reading and writing, before it can do anything else.
     *
     * @return its physical address, a multiple of 4096; empty if the device needs none
     */
    default OptionalLong ownPage() {
        return OptionalLong.empty();
    }

    /** Tells where the device finds its {@link #ownPage}. */
    default void ownPageAt(long iova) {
        // It has none.
    }
}
