/**
 * The replay as a device driver: it makes the functions of a machine issue DMA, through their registers alone.
 * {@link org.iommu4j.replay.dma.DmaBatch} holds transfers and their outcome, {@link org.iommu4j.replay.dma.DmaChannel}
 * carries a batch out.
 */
package org.iommu4j.replay.dma;
