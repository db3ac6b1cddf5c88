package org.iommu4j.api.dma;

/**
 * Memory that CPU and device share for long, from {@link DmaOps#allocate}.
 *
 * @param iova what the device is told; aligned to 4 KiB
 * @param pa where the CPU finds it, in the machine's {@link org.iommu4j.api.machine.PhysicalMemory}; contiguous,
 * aligned to 4 KiB
 * @param length in bytes, as it was asked for
 */
public record CoherentMemory(long iova, long pa, long length) {
}
