package org.iommu4j.api;

/** What a new paging domain must be able to do; it decides the form of its page table. */
public enum DomainFlag {
    /** Hardware can mark the pages that devices write: {@link DomainOps#dirtyTracking}. */
    DIRTY_TRACKING
}
