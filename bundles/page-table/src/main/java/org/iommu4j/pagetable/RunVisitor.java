package org.iommu4j.pagetable;

/** Receives what a table maps, without an object a run. */
@FunctionalInterface
public interface RunVisitor {
    /**
     * A run of pages of one size and protection, contiguous in IOVA and in physical address, as long as can be.
     *
     * @param length in bytes
     * @param protection {@link org.iommu4j.api.Protection} bits that the format has
     */
    void run(long iova, long pa, long length, int protection, int pageSizeLg2);
}
