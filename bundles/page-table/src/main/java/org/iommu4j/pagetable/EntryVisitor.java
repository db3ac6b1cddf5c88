package org.iommu4j.pagetable;

/** Receives the entries that the translation of one IOVA passes. */
@FunctionalInterface
public interface EntryVisitor {
    /**
     * @param level 0 is the last
     * @param pa where the entry lies
     * @param entry as it is in memory; 0 or a leaf is the last one
     */
    void entry(int level, long pa, long entry);
}
