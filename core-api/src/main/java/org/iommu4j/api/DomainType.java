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
    DMA,
    /**
     * As {@link #DMA}, but what {@link org.iommu4j.api.dma.DmaOps} unmaps is invalidated later, many ranges at once: a
     * device may still reach a range for up to 10 ms after it was unmapped. Linux calls it DMA-FQ.
     */
    DMA_FQ;

    /** True for the types of a default domain with a page table. */
    public boolean isDma() {
        return this == DMA || this == DMA_FQ;
    }
}
