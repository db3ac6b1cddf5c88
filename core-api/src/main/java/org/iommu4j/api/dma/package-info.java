/**
 * DMA as a device driver asks for it: memory goes in, an address for the device comes out.
 *
 * <p>{@link org.iommu4j.api.dma.DmaOps} works on the default domain of a device's group and chooses the IOVAs itself:
 * aligned to their size, from the top downwards, below 4 GiB first. Whether a range is unreachable as soon as it is
 * unmapped (strict) or some time later (lazy) is the type of that domain, {@link org.iommu4j.api.DomainType#DMA} or
 * {@link org.iommu4j.api.DomainType#DMA_FQ}; what lazy leaves open is measured
 * ({@link org.iommu4j.api.dma.FlushReport}).
 */
@Export
@Version("1.0.0")
package org.iommu4j.api.dma;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
