/**
 * Devices at work and clients that map for them: {@link org.iommu4j.exam.dma.Channel} drives one channel of a DMA
 * generator, {@link org.iommu4j.exam.dma.Stream} keeps a device busy on mappings that stay,
 * {@link org.iommu4j.exam.dma.Caller} maps, uses, unmaps and probes; {@link org.iommu4j.exam.dma.Traffic} runs them all
 * and keeps the {@link org.iommu4j.exam.dma.Tally}.
 */
package org.iommu4j.exam.dma;
