/**
 * The DMA API of one machine, on the default domains of its groups.
 *
 * <p>{@link org.iommu4j.core.dma.DmaOperations} is the way in. A group's default domain is a
 * {@link org.iommu4j.core.dma.DmaSpace}: {@code DirectSpace} where IOVA and physical address are the same,
 * {@code TranslatedSpace} with addresses of {@link org.iommu4j.core.iova.IovaAllocator} otherwise. Lazy unmapping
 * leaves ranges in the {@code UnmapRing} of the calling thread; a {@code FlushQueue} makes all rings of a domain true
 * with one invalidation, on behalf of whoever fills a ring, cannot wait, or of
 * {@link org.iommu4j.core.dma.FlushTimer}. Sizes and bounds are those of Linux's {@code dma-iommu.c}. The driver is
 * reached through {@link org.iommu4j.api.DomainOps} and {@link org.iommu4j.core.dma.DeferredOps}, that is through
 * core's gate.
 */
package org.iommu4j.core.dma;
