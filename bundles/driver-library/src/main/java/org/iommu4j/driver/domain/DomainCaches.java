package org.iommu4j.driver.domain;

import org.iommu4j.api.driver.Gather;
import org.iommu4j.pagetable.PageTable;

/** What one unit may have cached of domains' translations. Any thread; allocates nothing. */
public interface DomainCaches<F extends TableForm> {
    /** Pages of a domain were mapped. */
    void mapped(int tag, F form, long start, long last);

    /**
     * A domain's table gets another root: changes the entries of its requesters here, and returns when the old entries
     * are in no cache and no request uses them. The caller holds the monitor of the machine's domains.
     *
     * @param from what the entries lead to
     * @param to what they have to lead to
     * @throws org.iommu4j.api.IommuException the entries may lead to either
     */
    default void rootChanged(int tag, PageTable from, PageTable to) {
        throw new UnsupportedOperationException("no entry leads to a table that grows");
    }

    /**
     * Pages of a domain were unmapped, or their marks cleared; returns when nothing of them is cached and no request
     * uses them.
     *
     * @param gather of pages or tables, not empty of both
     */
    void forget(int tag, F form, Gather gather);
}
