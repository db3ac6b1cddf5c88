/**
 * The replay as a device driver: it makes the functions of a machine issue DMA, through their registers alone.
 * {@link org.iommu4j.replay.dma.DmaBatch} holds transfers and their outcome, a {@link org.iommu4j.replay.dma.DmaClient}
 * carries a batch out: {@link org.iommu4j.replay.dma.DmaChannel} by a DMA generator, {@link
 * org.iommu4j.replay.dma.EduClient} by QEMU's educational device.
 */
package org.iommu4j.replay.dma;
