/**
 * Addresses for DMA mappings of one domain.
 *
 * <p>{@link org.iommu4j.core.iova.IovaAllocator} is the way in. It looks into the calling thread's
 * {@link org.iommu4j.core.iova.IovaCache} first, which holds freed blocks of the small sizes; then into the
 * {@link org.iommu4j.core.iova.Depot}, where full caches leave blocks for empty ones; then into
 * {@link org.iommu4j.core.iova.FreeRanges}, the tree of all that is free. Only the first is used on the hot path. The
 * sizes, limits and fallbacks are those of Linux's {@code iova.c}. {@link org.iommu4j.core.iova.ThreadCells} gives each
 * thread its own of something.
 */
package org.iommu4j.core.iova;
