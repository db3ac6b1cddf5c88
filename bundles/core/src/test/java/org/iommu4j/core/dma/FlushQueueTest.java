package org.iommu4j.core.dma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.IommuException;
import org.iommu4j.core.dma.FlushQueue.Cause;
import org.iommu4j.core.iova.IovaAllocator;
import org.junit.jupiter.api.Test;

class FlushQueueTest {
    private static final long PAGE = TableOfPages.PAGE;
    private static final long LAST = (1L << 39) - 1;
    private static final long MILLISECOND = 1_000_000;

    private final TableOfPages table = new TableOfPages();
    private final IovaAllocator iovas = new IovaAllocator(12, LAST, List.of());
    private final AtomicLong time = new AtomicLong(50);
    private final AtomicInteger wakes = new AtomicInteger();
    private final FlushQueue queue = new FlushQueue(table, table, iovas, time::get, wakes::incrementAndGet);

    private long unmapOne() {
        long iova = iovas.allocate(PAGE, LAST);
        table.map(table, iova, PAGE, PAGE, 3);
        UnmapRing ring = queue.ring();
        table.unmap(table, iova, PAGE, ring.gathered());
        queue.add(ring, iova, PAGE, true);
        return iova;
    }

    @Test
    void aRangeStaysReachableAndTakenUntilItsFlush() {
        long iova = unmapOne();
        assertTrue(table.stale.contains(iova));
        assertEquals(PAGE, iovas.inUse());
        assertTrue(queue.holds(iova + 5, iova + 5));
        assertFalse(queue.holds(iova - PAGE, iova - 1));
        queue.flush(Cause.DEMAND);
        assertEquals(Set.of(), table.stale);
        assertEquals(0, iovas.inUse());
        assertFalse(queue.holds(iova, iova));
        assertEquals(1, queue.queued());
        assertEquals(0, queue.waiting());
    }

    @Test
    void aFullRingIsFlushedBeforeOneMoreIsUnmapped() {
        for (int i = 0; i < UnmapRing.ENTRIES; i++) {
            unmapOne();
        }
        assertEquals(0, table.syncs.get());
        assertEquals(UnmapRing.ENTRIES, queue.waiting());
        unmapOne();
        assertEquals(1, table.syncs.get());
        assertEquals(1, queue.flushes(Cause.FULL_RING));
        assertEquals(1, queue.waiting());
        assertEquals(PAGE, iovas.inUse());
    }

    @Test
    void theTimerIsDueTenMillisecondsAfterTheFirstRange() {
        assertEquals(FlushQueue.NOT_DUE, queue.dueIn(time.get()));
        unmapOne();
        assertEquals(1, wakes.get());
        time.addAndGet(4 * MILLISECOND);
        unmapOne();
        assertEquals(1, wakes.get());
        assertEquals(6 * MILLISECOND, queue.dueIn(time.get()));
        time.addAndGet(6 * MILLISECOND);
        queue.onTimer();
        assertEquals(0, queue.waiting());
        assertEquals(1, queue.flushes(Cause.TIMER));
        assertEquals(FlushQueue.NOT_DUE, queue.dueIn(time.get()));
        unmapOne();
        assertEquals(2, wakes.get());
    }

    @Test
    void aFlushOfNothingIsNone() {
        queue.flush(Cause.DEMAND);
        unmapOne();
        queue.flush(Cause.DEMAND);
        queue.onTimer();
        assertEquals(1, table.syncs.get());
        assertEquals(1, queue.flushes(Cause.DEMAND));
        assertEquals(0, queue.flushes(Cause.TIMER));
    }

    @Test
    void theLongestStaleTimeIsThatOfTheOldestRange() {
        unmapOne();
        time.addAndGet(3 * MILLISECOND);
        unmapOne();
        time.addAndGet(2 * MILLISECOND);
        queue.flush(Cause.DEMAND);
        assertEquals(5 * MILLISECOND, queue.longestStaleNanos());
        time.addAndGet(1000 * MILLISECOND);
        unmapOne();
        time.addAndGet(MILLISECOND);
        queue.flush(Cause.DEMAND);
        assertEquals(5 * MILLISECOND, queue.longestStaleNanos(), "time in which nothing waited does not count");
        unmapOne();
        time.addAndGet(9 * MILLISECOND);
        queue.flush(Cause.DEMAND);
        assertEquals(9 * MILLISECOND, queue.longestStaleNanos());
    }

    @Test
    void afterAFailedFlushAllWaitsForTheNextOneAndTheTimeGoesOn() {
        long iova = unmapOne();
        table.tableToUnlink = 0x7000;
        unmapOne();
        table.failingSync = true;
        assertThrows(IommuException.class, () -> queue.flush(Cause.DEMAND));
        time.addAndGet(10 * MILLISECOND);
        assertThrows(IommuException.class, queue::onTimer);
        assertEquals(2, queue.failed());
        assertEquals(10 * MILLISECOND, queue.dueIn(time.get()), "it is tried again");
        assertEquals(2, queue.waiting());
        assertEquals(2 * PAGE, iovas.inUse());
        assertTrue(queue.holds(iova, iova));
        time.addAndGet(10 * MILLISECOND);
        table.failingSync = false;
        queue.onTimer();
        assertEquals(0, queue.waiting());
        assertEquals(0, iovas.inUse());
        assertEquals(Set.of(), table.stale);
        assertEquals(Set.of(0x7000L), table.freedTables);
        assertEquals(20 * MILLISECOND, queue.longestStaleNanos());
    }

    @Test
    void aFullRingThatCannotBeFlushedRefusesTheNextUnmap() {
        for (int i = 0; i < UnmapRing.ENTRIES; i++) {
            unmapOne();
        }
        table.failingSync = true;
        assertThrows(IommuException.class, queue::ring);
        assertThrows(IommuException.class, queue::ring);
        table.failingSync = false;
        queue.ring();
        assertEquals(0, queue.waiting());
    }

    @Test
    void unlinkedTablesAreFreedOnlyByTheFlush() {
        table.tableToUnlink = 0x9000;
        unmapOne();
        assertEquals(Set.of(), table.freedTables);
        queue.flush(Cause.DEMAND);
        assertEquals(Set.of(0x9000L), table.freedTables);
    }

    @Test
    void oneFlushInvalidatesTheRangesOfAllThreadsAndFreesThem() throws InterruptedException {
        for (int t = 0; t < 3; t++) {
            Thread thread = new Thread(this::unmapOne);
            thread.start();
            thread.join();
            unmapOne();
        }
        queue.flush(Cause.DEMAND);
        assertEquals(1, table.syncs.get());
        assertEquals(0, iovas.inUse());
        assertEquals(6, queue.queued());
    }

    @Test
    void aRangeOfTheCallersOwnIsNotFreed() {
        UnmapRing ring = queue.ring();
        table.map(table, 0x10000, 0x2000, PAGE, 3);
        table.unmap(table, 0x10000, PAGE, ring.gathered());
        queue.add(ring, 0x10000, PAGE, false);
        queue.flush(Cause.DEMAND);
        assertEquals(Set.of(), table.stale);
        assertEquals(0, iovas.inUse());
    }
}
