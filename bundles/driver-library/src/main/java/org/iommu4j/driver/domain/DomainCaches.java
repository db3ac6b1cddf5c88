package org.iommu4j.driver.domain;

import org.iommu4j.api.driver.Gather;

/** What one unit may have cached of domains' translations. Any thread; allocates nothing. */
public interface DomainCaches<F extends TableForm> {
    /** Pages of a domain were mapped. */
    void mapped(int tag, F form, long start, long last);

    /**
     * Pages of a domain were unmapped, or their marks cleared; returns when nothing of them is cached and no request
     * uses them.
     *
     * @param gather of pages or tables, not empty of both
     */
    void forget(int tag, F form, Gather gather);
}
