package org.iommu4j.core.dma;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.DirtyVisitor;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;

/** A domain and the hardware's cache of it, page by page: what is unmapped stays reachable until it is invalidated. */
final class TableOfPages implements Domain, DomainOps, DeferredOps {
    static final long PAGE = 4096;

    final Map<Long, Long> pages = new ConcurrentHashMap<>();
    final Map<Long, Integer> protections = new ConcurrentHashMap<>();
    /** Pages that a device can still reach although they are unmapped. */
    final Set<Long> stale = ConcurrentHashMap.newKeySet();
    final Set<Long> freedTables = ConcurrentHashMap.newKeySet();
    final AtomicInteger maps = new AtomicInteger();
    final AtomicInteger syncs = new AtomicInteger();
    volatile DomainType type = DomainType.DMA;
    volatile long lastIova = (1L << 39) - 1;
    /** The map of so many calls from now fails; never if negative. */
    volatile int failingMap = -1;
    volatile boolean failingSync;
    /** What the next unmap unlinks, unless 0. */
    volatile long tableToUnlink;

    @Override
    public long id() {
        return 3;
    }

    @Override
    public String machine() {
        return "m";
    }

    @Override
    public DomainType type() {
        return type;
    }

    @Override
    public long lastIova() {
        return lastIova;
    }

    @Override
    public int granted(int protection) {
        return protection;
    }

    @Override
    public long pageSizes() {
        return PAGE;
    }

    @Override
    public void map(Domain domain, long iova, long pa, long length, int protection) {
        if (failingMap-- == 0) {
            throw IommuException.of(Reason.NO_MEMORY, "no frame for a table");
        }
        maps.incrementAndGet();
        for (long at = 0; at < length; at += PAGE) {
            if (stale.contains(iova + at)) {
                throw new AssertionError("stale page " + Long.toHexString(iova + at) + " is used again");
            }
            if (pages.putIfAbsent(iova + at, pa + at) != null) {
                throw IommuException.of(Reason.EXISTS, "%#x is mapped", iova + at);
            }
            protections.put(iova + at, protection);
        }
    }

    @Override
    public void map(Domain domain, Runs runs, int protection) {
        while (runs.nextRun()) {
            map(domain, runs.iova(), runs.pa(), runs.length(), protection);
        }
    }

    @Override
    public long unmap(Domain domain, long iova, long length) {
        Gather gather = new Gather();
        long unmapped = unmap(domain, iova, length, gather);
        sync(domain, gather);
        return unmapped;
    }

    @Override
    public long unmap(Domain domain, long iova, long length, Gather into) {
        long done = 0;
        while (done < length && pages.remove(iova + done) != null) {
            stale.add(iova + done);
            into.add(iova + done, iova + done + PAGE - 1, 12);
            done += PAGE;
        }
        if (tableToUnlink != 0) {
            into.addTable(tableToUnlink);
            tableToUnlink = 0;
        }
        return done;
    }

    @Override
    public void sync(Domain domain, Gather gathered) {
        if (failingSync) {
            throw IommuException.of(Reason.TIMEOUT, "the queue does not move");
        }
        syncs.incrementAndGet();
        stale.removeIf(page -> page >= gathered.start() && page <= gathered.last());
        for (int i = 0; i < gathered.tableCount(); i++) {
            freedTables.add(gathered.table(i));
        }
        gathered.clear();
    }

    @Override
    public long translate(Domain domain, long iova) {
        Long page = pages.get(iova & -PAGE);
        return page == null ? NOT_MAPPED : page + (iova & PAGE - 1);
    }

    @Override
    public void dirtyTracking(Domain domain, boolean on) {
        throw new UnsupportedOperationException("not asked for by the DMA API");
    }

    @Override
    public void readAndClearDirty(Domain domain, long iova, long length, DirtyVisitor visitor) {
        throw new UnsupportedOperationException("not asked for by the DMA API");
    }
}
