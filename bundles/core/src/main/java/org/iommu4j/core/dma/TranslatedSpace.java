package org.iommu4j.core.dma;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.dma.FlushReport;
import org.iommu4j.api.dma.ScatterList;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.dma.FlushQueue.Cause;
import org.iommu4j.core.iova.IovaAllocator;

/**
 * A default domain with a page table. An address is free again only when its mapping is gone from the tables and from
 * every cache; where that is in doubt it stays taken.
 */
final class TranslatedSpace implements DmaSpace {
    private final Domain domain;
    private final DomainOps ops;
    private final DeferredOps deferred;
    private final FlushTimer timer;
    private final long page;
    private final IovaAllocator iovas;
    private final LongAdder chosen = new LongAdder();
    private volatile FlushQueue queue;

    /** @param taken what is mapped already, at addresses that are not to be given */
    TranslatedSpace(Domain domain, List<ReservedRegion> reserved, List<ReservedRegion> taken, DomainOps ops,
            DeferredOps deferred, FlushTimer timer) {
        this.domain = domain;
        this.ops = ops;
        this.deferred = deferred;
        this.timer = timer;
        this.page = Long.lowestOneBit(domain.pageSizes());
        this.iovas = new IovaAllocator(Long.numberOfTrailingZeros(page), domain.lastIova(),
                Stream.concat(reserved.stream(), taken.stream()).sorted().toList());
        taken.forEach(each -> chosen.add(each.last() - each.start() + 1));
    }

    @Override
    public Domain domain() {
        return domain;
    }

    @Override
    public long map(DmaDevice device, long pa, long length, int protection) {
        long offset = pa & page - 1;
        long mapped = wholePages(offset + length);
        long iova = take(device, mapped);
        try {
            ops.map(domain, iova, pa - offset, mapped, protection);
        } catch (IommuException e) {
            iovas.free(iova, mapped);
            throw e;
        }
        return iova + offset;
    }

    @Override
    public void unmap(long iova, long length) {
        long start = iova & -page;
        long mapped = wholePages(iova - start + length);
        checkBlock(iova, length, start, mapped);
        FlushQueue lazy = lazyQueue();
        if (lazy == null) {
            unmapNow(start, mapped);
            iovas.free(start, mapped);
            return;
        }
        UnmapRing ring = lazy.ring();
        unmapLater(lazy, ring, start, mapped);
        lazy.add(ring, start, mapped, true);
    }

    @Override
    public void unmapStrictly(long iova, long length) {
        long start = iova & -page;
        long mapped = wholePages(iova - start + length);
        checkBlock(iova, length, start, mapped);
        unmapNow(start, mapped);
        iovas.free(start, mapped);
    }

    @Override
    public void map(DmaDevice device, ScatterList list, int protection) {
        long total = ScatterLayout.total(list, page, device.limits());
        long block = take(device, total);
        ScatterLayout layout = new ScatterLayout(list, page, device.limits(), block);
        try {
            deferred.map(domain, layout, protection);
        } catch (IommuException e) {
            withdraw(list, block, layout.before());
            iovas.free(block, total);
            throw e;
        }
    }

    @Override
    public void unmap(ScatterList list) {
        long block = list.iova(0) & -page;
        int newest = list.segments() - 1;
        long total = wholePages(list.iova(newest) + list.segmentLength(newest) - block);
        checkBlock(block, total, block, total);
        FlushQueue lazy = lazyQueue();
        UnmapRing ring = lazy == null ? null : lazy.ring();
        for (int i = 0; i < list.segments(); i = nextSpan(list, i)) {
            long start = list.iova(i) & -page;
            long mapped = spanEnd(list, i) - start;
            if (lazy == null) {
                unmapNow(start, mapped);
            } else {
                unmapLater(lazy, ring, start, mapped);
            }
        }
        if (lazy == null) {
            iovas.free(block, total);
        } else {
            lazy.add(ring, block, total, true);
        }
        list.clearSegments();
    }

    @Override
    public void mapAt(long iova, long pa, long length, int protection) {
        FlushQueue known = queue;
        if (known != null && known.holds(iova, iova + length - 1)) {
            known.flush(Cause.MAP);
        }
        ops.map(domain, iova, pa, length, protection);
        chosen.add(length);
    }

    @Override
    public long unmapAt(long iova, long length) {
        FlushQueue lazy = lazyQueue();
        long unmapped;
        if (lazy == null) {
            unmapped = ops.unmap(domain, iova, length);
        } else {
            UnmapRing ring = lazy.ring();
            unmapped = deferred.unmap(domain, iova, length, ring.gathered());
            if (unmapped != 0) {
                lazy.add(ring, iova, unmapped, false);
            }
        }
        chosen.add(-unmapped);
        return unmapped;
    }

    @Override
    public void flush() {
        FlushQueue known = queue;
        if (known != null) {
            known.flush(Cause.DEMAND);
        }
    }

    @Override
    public long inUse() {
        flush();
        return iovas.inUse() + chosen.sum();
    }

    @Override
    public void retire() {
        FlushQueue known = queue;
        if (known != null) {
            timer.ignore(known);
        }
    }

    @Override
    public FlushReport report() {
        FlushQueue known = queue;
        return known == null ? new FlushReport(domain.type(), 0, 0, 0, 0, 0, 0, 0, 0)
                : new FlushReport(domain.type(), known.queued(), known.waiting(), known.flushes(Cause.TIMER),
                        known.flushes(Cause.FULL_RING), known.flushes(Cause.MAP), known.flushes(Cause.DEMAND),
                        known.failed(), known.longestStaleNanos());
    }

    /** Below 4 GiB first; what waits for its flush is waited for before there is none. */
    private long take(DmaDevice device, long length) {
        long limit = device.limits().mask();
        if (device.triesLow()) {
            long low = iovas.tryAllocate(length, DmaDevice.LOW_LAST);
            if (low != IovaAllocator.NONE) {
                return low;
            }
            device.lowExhausted();
        }
        long iova = iovas.allocate(length, limit);
        if (iova == IovaAllocator.NONE && queue != null) {
            flush();
            iova = iovas.allocate(length, limit);
        }
        if (iova == IovaAllocator.NONE) {
            long highest = Long.compareUnsigned(limit, domain.lastIova()) < 0 ? limit : domain.lastIova();
            throw IommuException.of(Reason.NO_SPACE, "%s: no %d bytes of IOVA are free up to %#x, %d are in use",
                    domain, length, highest, iovas.inUse());
        }
        return iova;
    }

    private void unmapNow(long start, long length) {
        long unmapped = ops.unmap(domain, start, length);
        if (unmapped != length) {
            throw hole(start, length, unmapped);
        }
    }

    private void unmapLater(FlushQueue lazy, UnmapRing ring, long start, long length) {
        Gather gathered = ring.gathered();
        try {
            long unmapped = deferred.unmap(domain, start, length, gathered);
            if (unmapped != length) {
                throw hole(start, length, unmapped);
            }
        } catch (IommuException e) {
            if (!gathered.isEmpty()) {
                lazy.add(ring, gathered.start(), gathered.last() - gathered.start() + 1, false);
            }
            throw e;
        }
    }

    /** Takes back what was mapped of a list before one of its maps failed; no device was told of it. */
    private void withdraw(ScatterList list, long block, long done) {
        try {
            for (int i = 0; i < list.segments() && (list.iova(i) & -page) - block < done; i = nextSpan(list, i)) {
                long start = list.iova(i) & -page;
                unmapNow(start, Math.min(spanEnd(list, i), block + done) - start);
            }
        } finally {
            list.clearSegments();
        }
    }

    /** The first segment after a hole, from a segment on. */
    private int nextSpan(ScatterList list, int segment) {
        int next = segment + 1;
        while (next < list.segments() && (list.iova(next) & -page) == pageEnd(list, next - 1)) {
            next++;
        }
        return next;
    }

    private long spanEnd(ScatterList list, int segment) {
        return pageEnd(list, nextSpan(list, segment) - 1);
    }

    private long pageEnd(ScatterList list, int segment) {
        return wholePages(list.iova(segment) + list.segmentLength(segment));
    }

    private long wholePages(long length) {
        return length + page - 1 & -page;
    }

    private void checkBlock(long iova, long length, long start, long mapped) {
        if (length <= 0 || start == 0 || !iovas.canStart(start, mapped)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: no map has given %#x for %d bytes", domain, iova, length);
        }
    }

    private IommuException hole(long start, long length, long unmapped) {
        return IommuException.of(Reason.INCOMPATIBLE, "%s: of %#x + %#x only %#x bytes were mapped from its start on",
                domain, start, length, unmapped);
    }

    /** Null while the domain is strict. */
    private FlushQueue lazyQueue() {
        if (domain.type() != DomainType.DMA_FQ) {
            return null;
        }
        FlushQueue known = queue;
        return known != null ? known : newQueue();
    }

    private synchronized FlushQueue newQueue() {
        if (queue == null) {
            FlushQueue made = new FlushQueue(domain, deferred, iovas, System::nanoTime, timer::wake);
            timer.watch(made);
            queue = made;
        }
        return queue;
    }
}
