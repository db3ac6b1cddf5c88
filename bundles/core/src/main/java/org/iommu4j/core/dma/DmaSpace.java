package org.iommu4j.core.dma;

import org.iommu4j.api.Domain;
import org.iommu4j.api.dma.DmaLimits;
import org.iommu4j.api.dma.FlushReport;
import org.iommu4j.api.dma.ScatterList;

/** One default domain as the DMA API uses it. The contracts are those of {@link org.iommu4j.api.dma.DmaOps}. */
interface DmaSpace {
    Domain domain();

    long map(DmaDevice device, long pa, long length, int protection);

    void unmap(long iova, long length);

    /** As {@link #unmap}, and the device cannot reach it any more, whatever the type of the domain. */
    void unmapStrictly(long iova, long length);

    void map(DmaDevice device, ScatterList list, int protection);

    void unmap(ScatterList list);

    void mapAt(long iova, long pa, long length, int protection);

    long unmapAt(long iova, long length);

    void flush();

    /** Bytes that are mapped for somebody. */
    long inUse();

    /** The domain is not the default domain any more. */
    void retire();

    FlushReport report();

    /** Tells the device of one more piece, as part of the newest segment where it can be. */
    static void tell(ScatterList list, DmaLimits limits, long iova, long length) {
        int newest = list.segments() - 1;
        if (newest >= 0 && list.iova(newest) + list.segmentLength(newest) == iova
                && joins(limits, list.iova(newest), list.segmentLength(newest), length)) {
            list.growSegment(length);
        } else {
            list.addSegment(iova, length);
        }
    }

    private static boolean joins(DmaLimits limits, long iova, long length, long more) {
        long last = iova + length + more - 1;
        long boundary = ~limits.boundaryMask();
        return more <= limits.maxSegment() - length && (iova & boundary) == (last & boundary);
    }
}
