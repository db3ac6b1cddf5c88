package org.iommu4j.pagetable;

/** Receives where entries lie, without an object a run. */
@FunctionalInterface
public interface FootprintVisitor {
    /**
     * Entries of one table, one after the other.
     *
     * @param pa of the first
     * @param bytes of all of them
     */
    void entries(long pa, long bytes);
}
