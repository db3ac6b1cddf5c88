package org.iommu4j.pagetable;

/** Receives what hardware has written, without an object a run. */
@FunctionalInterface
public interface DirtyVisitor {
    /**
     * A run of written pages of one size, contiguous in IOVA, as long as can be. Must not throw: the marks of the run
     * may have been cleared already, and nobody would hear of these writes again.
     *
     * @param length in bytes
     */
    void dirty(long iova, long length, int pageSizeLg2);
}
