package org.iommu4j.core.dma;

import org.iommu4j.api.dma.DmaLimits;
import org.iommu4j.api.dma.ScatterList;

/**
 * How the pieces of a list lie in one block of IOVAs: one after the other, each at the start of a page, and none across
 * a segment boundary if it can lie between two. Neighbours whose memory is contiguous too form a run that is mapped at
 * once. The device is told of the pieces of a run when it comes up.
 */
final class ScatterLayout implements Runs {
    private final ScatterList list;
    private final long page;
    private final DmaLimits limits;
    private final long block;
    private int next;
    /** Offset in the block at which the next piece could start. */
    private long end;
    private long iova;
    private long pa;
    private long length;

    ScatterLayout(ScatterList list, long page, DmaLimits limits, long block) {
        this.list = list;
        this.page = page;
        this.limits = limits;
        this.block = block;
    }

    /** Bytes that the block has to have. */
    static long total(ScatterList list, long page, DmaLimits limits) {
        long end = 0;
        for (int i = 0; i < list.entries(); i++) {
            long padded = padded(list, i, page);
            end = place(end, padded, limits) + padded;
        }
        return end;
    }

    @Override
    public boolean nextRun() {
        length = 0;
        while (next < list.entries()) {
            long padded = padded(list, next, page);
            long at = place(end, padded, limits);
            long inPage = list.pa(next) & page - 1;
            long start = list.pa(next) - inPage;
            if (length == 0) {
                iova = block + at;
                pa = start;
            } else if (iova + length != block + at || pa + length != start) {
                return true;
            }
            DmaSpace.tell(list, limits, block + at + inPage, list.length(next));
            length += padded;
            end = at + padded;
            next++;
        }
        return length != 0;
    }

    /** Bytes of the block that lie before the newest run; 0 if there is none. */
    long before() {
        return length == 0 ? 0 : iova - block;
    }

    @Override
    public long iova() {
        return iova;
    }

    @Override
    public long pa() {
        return pa;
    }

    @Override
    public long length() {
        return length;
    }

    /** The first place from an offset on; blocks are aligned so that boundaries are at multiples of it in them too. */
    private static long place(long end, long padded, DmaLimits limits) {
        long mask = limits.boundaryMask();
        boolean fitsBetween = Long.compareUnsigned(padded - 1, mask) <= 0;
        boolean crosses = fitsBetween && Long.compareUnsigned((end & mask) + padded - 1, mask) > 0;
        return crosses ? (end | mask) + 1 : end;
    }

    private static long padded(ScatterList list, int entry, long page) {
        return (list.pa(entry) & page - 1) + list.length(entry) + page - 1 & -page;
    }
}
