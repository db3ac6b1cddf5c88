package org.iommu4j.api;

/** What kind of translation a domain is. */
public enum DomainType {
    /** Every DMA is refused and reported. */
    BLOCKED,
    /** IOVA equals PA; nothing is looked up. */
    IDENTITY,
    /** A page table that its holder fills through {@link DomainOps}. Linux calls it unmanaged. */
    PAGING,
    /** A page table as a group's default domain; kernel drivers' DMA goes through it. */
    DMA
}
