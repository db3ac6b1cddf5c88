package org.iommu4j.core.dma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.iova.IovaAllocator;
import org.iommu4j.core.iova.ThreadCells;

/**
 * Everything of one domain that was unmapped and not invalidated yet. A flush invalidates all of it at once, of all
 * threads; only then IOVAs are free and unlinked tables freed. On failure all stays for the next flush.
 */
final class FlushQueue {
    /** How long a range waits at most before a flush begins, as in Linux. */
    static final long BOUND_NANOS = 10_000_000;
    static final long NOT_DUE = Long.MAX_VALUE;

    private static final long IDLE = Long.MIN_VALUE;
    private static final VarHandle DUE;

    static {
        try {
            DUE = MethodHandles.lookup().findVarHandle(FlushQueue.class, "due", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Why a flush does not wait any longer. */
    enum Cause { TIMER, FULL_RING, MAP, DEMAND }

    private final Domain domain;
    private final DeferredOps driver;
    private final IovaAllocator iovas;
    private final LongSupplier clock;
    private final Runnable wakeTimer;
    private final ThreadCells<UnmapRing> rings = new ThreadCells<>(UnmapRing::new);
    /** Ranges whose unmapping unlinked tables: the invalidation that frees the tables has to span them. */
    private final Gather unlinked = new Gather();
    /** Held while a flush is under way; guards all below but {@code due}. */
    private final ReentrantLock flushing = new ReentrantLock();
    private final Gather pending = new Gather();
    private boolean anyPending;
    private long oldestPending;
    private final long[] flushes = new long[Cause.values().length];
    private long failed;
    private long longestStaleNanos;
    /** When the timer has to flush, or {@link #IDLE}. */
    private volatile long due = IDLE;

    /**
     * @param clock as {@link System#nanoTime}
     * @param wakeTimer called when {@link #dueIn} has become finite
     */
    FlushQueue(Domain domain, DeferredOps driver, IovaAllocator iovas, LongSupplier clock, Runnable wakeTimer) {
        this.domain = domain;
        this.driver = driver;
        this.iovas = iovas;
        this.clock = clock;
        this.wakeTimer = wakeTimer;
    }

    /** The calling thread's ring, with at least one free place. @throws IommuException what a flush threw */
    UnmapRing ring() {
        UnmapRing ring = rings.mine();
        if (ring.isFull()) {
            makeRoom(ring);
        }
        return ring;
    }

    /**
     * Queues what was unmapped with the ring's gather.
     *
     * @param block true if the range is to be freed when it is invalidated
     */
    void add(UnmapRing ring, long start, long length, boolean block) {
        Gather gathered = ring.gathered();
        long pageSizes = gathered.pageSizes();
        if (gathered.tableCount() != 0) {
            synchronized (unlinked) {
                unlinked.take(gathered);
            }
        } else {
            gathered.clear();
        }
        ring.add(start, length, pageSizes, block, clock);
        if (due == IDLE) {
            arm();
        }
    }

    /** True if part of a range waits for its invalidation. */
    boolean holds(long start, long last) {
        // Without an iterator: a map asks this.
        List<UnmapRing> all = rings.all();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).holds(start, last)) {
                return true;
            }
        }
        return false;
    }

    /** Invalidates all that was queued before the call. @throws IommuException what the driver threw */
    void flush(Cause cause) {
        flushing.lock();
        try {
            long now = clock.getAsLong();
            takeAll(now);
            if (!anyPending) {
                return;
            }
            try {
                driver.sync(domain, pending);
            } catch (RuntimeException e) {
                failed++;
                throw e;
            }
            longestStaleNanos = Math.max(longestStaleNanos, clock.getAsLong() - oldestPending);
            flushes[cause.ordinal()]++;
            releaseAll();
        } finally {
            flushing.unlock();
        }
    }

    /** Nanoseconds until {@link #onTimer} is to be called, {@link #NOT_DUE} if nothing waits. */
    long dueIn(long now) {
        long at = due;
        return at == IDLE ? NOT_DUE : at - now;
    }

    /** Flushes on time. @throws IommuException what the driver threw; it is tried again after the bound */
    void onTimer() {
        // First idle, then look: who adds later arms again, who added before is seen.
        due = IDLE;
        try {
            flush(Cause.TIMER);
        } catch (RuntimeException e) {
            arm();
            throw e;
        }
    }

    long waiting() {
        long waiting = 0;
        for (UnmapRing ring : rings.all()) {
            waiting += ring.waiting();
        }
        return waiting;
    }

    long queued() {
        long queued = 0;
        for (UnmapRing ring : rings.all()) {
            queued += ring.added();
        }
        return queued;
    }

    /** How many flushes had something to do, for this reason. */
    long flushes(Cause cause) {
        flushing.lock();
        try {
            return flushes[cause.ordinal()];
        } finally {
            flushing.unlock();
        }
    }

    long failed() {
        flushing.lock();
        try {
            return failed;
        } finally {
            flushing.unlock();
        }
    }

    /** The longest time between an unmap and the end of its flush. */
    long longestStaleNanos() {
        flushing.lock();
        try {
            return longestStaleNanos;
        } finally {
            flushing.unlock();
        }
    }

    @Override
    public String toString() {
        return "flush queue of " + domain;
    }

    private void makeRoom(UnmapRing ring) {
        flushing.lock();
        try {
            if (ring.isFull()) {
                flush(Cause.FULL_RING);
            }
        } finally {
            flushing.unlock();
        }
    }

    private void arm() {
        long at = clock.getAsLong() + BOUND_NANOS;
        if (DUE.compareAndSet(this, IDLE, at == IDLE ? at + 1 : at)) {
            wakeTimer.run();
        }
    }

    private void takeAll(long now) {
        synchronized (unlinked) {
            pending.take(unlinked);
        }
        if (!anyPending) {
            oldestPending = now;
        }
        for (UnmapRing ring : rings.all()) {
            long oldest = ring.take(pending, now);
            if (oldest - oldestPending < 0) {
                oldestPending = oldest;
            }
        }
        anyPending |= !pending.isEmpty() || pending.tableCount() != 0;
    }

    private void releaseAll() {
        anyPending = false;
        for (UnmapRing ring : rings.all()) {
            ring.release(iovas);
        }
    }
}
