package org.iommu4j.core.iova;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;

/**
 * The addresses of one domain that are free. Blocks are aligned to their size rounded up to a power of two, and given
 * from the top downwards; the page at 0 and reserved regions are never given. A block of less than 32 pages takes a
 * power of two of them, so that every block of its size fits in its place later.
 *
 * <p>Any thread; a block may be freed by another thread than the one it was given to. Blocks of up to 32 pages come
 * from and go to a cache of the calling thread: no shared lock and no allocation, except once in more than a hundred
 * calls.
 */
public final class IovaAllocator {
    /** No block is free. */
    public static final long NONE = -1;

    private static final long LARGEST_CACHED = 1L << IovaCache.CLASSES - 1;

    private final int pageLg2;
    private final long lastPage;
    private final FreeRanges tree;
    private final Depot depot = new Depot();
    /** Guards tree and depot; taken inside a cache's lock. */
    private final ReentrantLock lock = new ReentrantLock();
    private final ThreadCells<IovaCache> caches = new ThreadCells<>(IovaCache::new);
    private final long[] scratch = new long[IovaCache.MAGAZINE];

    /**
     * A space in which everything but page 0 and the reserved regions is free.
     *
     * @param pageLg2 size of its pages, 12 to 30
     * @param lastIova the highest address, inclusive; above the second page
     * @param reserved any kind; may overlap and lie outside
     */
    public IovaAllocator(int pageLg2, long lastIova, List<ReservedRegion> reserved) {
        this.pageLg2 = pageLg2;
        this.lastPage = lastPageOf(lastIova);
        this.tree = new FreeRanges(1, lastPage);
        reserved.forEach(region -> tree.takeAll(region.start() >>> pageLg2, region.last() >>> pageLg2));
    }

    /** How much of the space a block of so many bytes takes, in bytes. */
    public long blockLength(long length) {
        return pages(length) << pageLg2;
    }

    /** True if blocks for so many bytes can start at an address. */
    public boolean canStart(long iova, long length) {
        return (iova & (alignment(pages(length)) << pageLg2) - 1) == 0;
    }

    /**
     * A block, without asking other threads' caches for what they keep.
     *
     * @param length in bytes, above 0
     * @param limit the highest address that may lie in it
     * @return its first address, or {@link #NONE}
     */
    public long tryAllocate(long length, long limit) {
        long pages = pages(length);
        long limitPage = Math.min(lastPage, lastPageOf(limit));
        IovaCache mine = caches.mine();
        long found = pages <= LARGEST_CACHED ? cached(mine, sizeClass(pages), limitPage) : NONE;
        if (found == NONE) {
            found = fromTree(pages, limitPage);
        }
        return given(mine, found, pages);
    }

    /** As {@link #tryAllocate}; before it gives up, what is cached anywhere goes back to the tree. */
    public long allocate(long length, long limit) {
        long found = tryAllocate(length, limit);
        if (found != NONE) {
            return found;
        }
        drainCaches();
        long pages = pages(length);
        return given(caches.mine(), fromTree(pages, Math.min(lastPage, lastPageOf(limit))), pages);
    }

    /**
     * Gives a block back.
     *
     * @param length as it was asked for
     * @throws IommuException {@link Reason#INCOMPATIBLE} if it cannot be a block, or is seen to be free
     */
    public void free(long iova, long length) {
        long pages = pages(length);
        long first = iova >>> pageLg2;
        if (!canStart(iova, length) || first == 0 || first + pages - 1 > lastPage) {
            throw IommuException.of(Reason.INCOMPATIBLE, "IOVA %#x + %#x is no block: blocks are aligned to their size "
                    + "and lie between %#x and %#x", iova, length, 1L << pageLg2, (lastPage + 1 << pageLg2) - 1);
        }
        IovaCache mine = caches.mine();
        if (pages > LARGEST_CACHED) {
            toTree(first, pages);
        } else {
            keep(mine, sizeClass(pages), first);
        }
        mine.count(-pages);
    }

    /** Bytes that were given and not freed; a snapshot. */
    public long inUse() {
        long pages = 0;
        for (IovaCache cache : caches.all()) {
            pages += cache.counted();
        }
        return pages << pageLg2;
    }

    /** Gives what any thread's cache or the depot keeps back to the tree, where blocks join again. */
    void drainCaches() {
        for (IovaCache cache : caches.all()) {
            cache.lock();
            lock.lock();
            try {
                cache.drain(tree);
            } finally {
                lock.unlock();
                cache.unlock();
            }
        }
        lock.lock();
        try {
            drainDepot();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes that are free in the tree. */
    long freeInTree() {
        lock.lock();
        try {
            return tree.free() << pageLg2;
        } finally {
            lock.unlock();
        }
    }

    private long given(IovaCache mine, long found, long pages) {
        if (found == NONE) {
            return NONE;
        }
        mine.count(pages);
        return found << pageLg2;
    }

    private long cached(IovaCache mine, int sizeClass, long limitPage) {
        mine.lock();
        try {
            if (mine.isEmpty(sizeClass)) {
                refill(mine, sizeClass);
            }
            return mine.pop(sizeClass, limitPage);
        } finally {
            mine.unlock();
        }
    }

    private void keep(IovaCache mine, int sizeClass, long first) {
        mine.lock();
        try {
            if (!mine.push(sizeClass, first)) {
                spill(mine, sizeClass);
                mine.push(sizeClass, first);
            }
        } finally {
            mine.unlock();
        }
    }

    private void refill(IovaCache mine, int sizeClass) {
        lock.lock();
        try {
            mine.refill(sizeClass, depot);
        } finally {
            lock.unlock();
        }
    }

    private void spill(IovaCache mine, int sizeClass) {
        lock.lock();
        try {
            mine.spill(sizeClass, depot, tree);
        } finally {
            lock.unlock();
        }
    }

    private long fromTree(long pages, long limitPage) {
        lock.lock();
        try {
            return tree.take(pages, alignment(pages), limitPage);
        } finally {
            lock.unlock();
        }
    }

    private void toTree(long first, long pages) {
        lock.lock();
        try {
            tree.give(first, pages);
        } finally {
            lock.unlock();
        }
    }

    private void drainDepot() {
        for (int sizeClass = 0; sizeClass < IovaCache.CLASSES; sizeClass++) {
            for (int taken = depot.take(sizeClass, scratch); taken != 0; taken = depot.take(sizeClass, scratch)) {
                for (int i = 0; i < taken; i++) {
                    tree.give(scratch[i], 1L << sizeClass);
                }
            }
        }
    }

    private long pages(long length) {
        long pages = (length - 1 >>> pageLg2) + 1;
        return pages < LARGEST_CACHED ? alignment(pages) : pages;
    }

    private static long alignment(long pages) {
        long highest = Long.highestOneBit(pages);
        return highest == pages ? pages : highest << 1;
    }

    private static int sizeClass(long pages) {
        return Long.numberOfTrailingZeros(pages);
    }

    /** The last page that ends at or below an address; -1 if there is none. */
    private long lastPageOf(long iova) {
        long page = iova >>> pageLg2;
        long inPage = (1L << pageLg2) - 1;
        return (iova & inPage) == inPage ? page : page - 1;
    }
}
