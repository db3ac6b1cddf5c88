package org.iommu4j.driver.domain;


/** A domain's use by one unit: its tag there, and how many of the unit's requesters are in it. */
final class UnitTag<F extends TableForm> {
    final DomainCaches<F> caches;
    final int tag;
    /** Guarded by the domain. */
    int requesters;

    UnitTag(DomainCaches<F> caches, int tag, int requesters) {
        this.caches = caches;
        this.tag = tag;
        this.requesters = requesters;
    }
}
