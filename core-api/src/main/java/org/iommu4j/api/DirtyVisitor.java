package org.iommu4j.api;

import org.osgi.annotation.versioning.ConsumerType;

/** Receives what devices have written. */
@ConsumerType
@FunctionalInterface
public interface DirtyVisitor {
    /**
     * A run of written pages of one size, contiguous in IOVA, as long as can be. Runs come in ascending order.
     *
     * @param iova a multiple of the page size
     * @param length in bytes, likewise
     * @param pageSizeLg2 of the pages as they are mapped; any byte of them may have been written
     */
    void dirty(long iova, long length, int pageSizeLg2);
}
