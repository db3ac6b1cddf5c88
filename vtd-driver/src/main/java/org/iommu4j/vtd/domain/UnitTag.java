package org.iommu4j.vtd.domain;

import org.iommu4j.vtd.queues.UnitCaches;

/** A domain's use by one unit: its id there, and how many of the unit's requesters are in it. */
final class UnitTag {
    final UnitCaches caches;
    final int domainId;
    /** Guarded by the domain. */
    int requesters;

    UnitTag(UnitCaches caches, int domainId, int requesters) {
        this.caches = caches;
        this.domainId = domainId;
        this.requesters = requesters;
    }
}
