package org.iommu4j.system.lazy;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Dma;

/**
 * A device that goes on reading an IOVA whatever becomes of it. An even word is what the frame holds while it is the
 * device's, an odd one what its next owner has put there.
 */
final class StaleReader implements AutoCloseable {
    private final Dma dma;
    private final Thread thread = new Thread(this::run, "stale-reader");
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong foreign = new AtomicLong();
    private volatile long iova;
    private volatile boolean over;
    private volatile Throwable failure;

    StaleReader(Dma dma, long iova) {
        this.dma = dma;
        this.iova = iova;
        thread.start();
    }

    private void run() {
        try {
            while (!over) {
                OptionalLong word = dma.read(iova);
                if (word.isPresent()) {
                    completed.incrementAndGet();
                    foreign.addAndGet(word.getAsLong() & 1);
                }
                reads.incrementAndGet();
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    void moveTo(long next) {
        iova = next;
    }

    /** Waits until a read has completed that was begun after the call. */
    void awaitCompletedRead() {
        long before = completed.get() + 1;
        Condition.await("the device reads", () -> failure != null || completed.get() > before);
    }

    /** Waits until a read has ended, one way or the other, that was begun after the call. */
    void awaitRead() {
        long before = reads.get() + 1;
        Condition.await("the device tries to read", () -> failure != null || reads.get() > before);
    }

    /** Reads that reached a frame after it had gone to its next owner. */
    long foreign() {
        return foreign.get();
    }

    Throwable failure() {
        return failure;
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        thread.join();
    }
}
