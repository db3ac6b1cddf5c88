package org.iommu4j.api.dma;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * What a device's DMA engine can address. All three are what Linux keeps in {@code dma_mask} and
 * {@code device_dma_parameters}.
 *
 * @param mask the highest IOVA it can send, inclusive; all bits up to the highest are set; at least 24 bits
 * @param maxSegment length in bytes up to which neighbours of a scatter list are joined; not 0
 * @param boundaryMask no joined segment crosses a multiple of this plus one; a power of two minus one, at least 0xfff
 */
public record DmaLimits(long mask, long maxSegment, long boundaryMask) {
    /** Width of the narrowest mask: what the ISA bus had. */
    public static final int NARROWEST = 24;
    /** What a PCI function has until its driver says more: 32 bits, 64 KiB, 4 GiB. */
    public static final DmaLimits PCI = new DmaLimits(bits(32), 1 << 16, bits(32));

    private static final long SMALLEST_BOUNDARY = bits(12);

    public DmaLimits {
        if (!isMask(mask) || Long.compareUnsigned(mask, bits(NARROWEST)) < 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "DMA mask %#x is no mask of %d to 64 bits", mask, NARROWEST);
        }
        if (maxSegment <= 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "longest segment of %d bytes is not above 0", maxSegment);
        }
        if (!isMask(boundaryMask) || Long.compareUnsigned(boundaryMask, SMALLEST_BOUNDARY) < 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "segment boundary %#x is no mask of 12 to 64 bits",
                    boundaryMask);
        }
    }

    /** As {@link #PCI}, but with a mask of so many bits, {@value #NARROWEST} to 64. */
    public static DmaLimits ofBits(int width) {
        return new DmaLimits(bits(width), PCI.maxSegment, PCI.boundaryMask);
    }

    private static long bits(int width) {
        return width >= Long.SIZE ? -1 : (1L << width) - 1;
    }

    private static boolean isMask(long value) {
        return (value & value + 1) == 0;
    }
}
