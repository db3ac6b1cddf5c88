package org.iommu4j.system.invalidation;

import java.lang.management.ManagementFactory;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.iommu4j.hwsim.device.PreemptionPoint;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;

/**
 * One transaction that is held between its translation and its access, and a change of software's that has to wait for
 * it. One thread; closing lets everything go.
 */
final class Held implements PreemptionPoint, AutoCloseable {
    /** Processor time in which a change that has reached hardware returns too early, if it is of that kind. */
    private static final long TOO_EARLY_NANOS = 5_000_000;

    private final Rig rig;
    private final long iova;
    private final CountDownLatch translated = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private CompletableFuture<OptionalLong> transaction;
    private CompletableFuture<Boolean> change;
    private Thread changer;

    Held(Rig rig, long iova) {
        this.rig = rig;
        this.iova = iova;
        rig.machine().preempt(this);
    }

    @Override
    public void translated(int rid, long address, long pa) {
        if (address == iova && translated.getCount() > 0) {
            translated.countDown();
            awaitRelease();
        }
    }

    private void awaitRelease() {
        try {
            if (!released.await(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS)) {
                throw new AssertionError("a held transaction was not released");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("a held transaction was interrupted", e);
        }
    }

    /** Has a device read, and returns when the read is held. */
    void read(Dma dma) {
        transaction = CompletableFuture.supplyAsync(() -> dma.read(iova), task -> new Thread(task).start());
        awaitHeld();
    }

    /** Has a device write, and returns when the write is held. */
    void write(Dma dma, long value) {
        transaction = CompletableFuture.supplyAsync(
                () -> dma.write(iova, value) ? OptionalLong.of(value) : OptionalLong.empty(),
                task -> new Thread(task).start());
        awaitHeld();
    }

    private void awaitHeld() {
        Condition.await("a transaction to hold", () -> translated.getCount() == 0);
    }

    /**
     * Begins a change on another thread, and returns when hardware has removed from its caches what the change takes
     * away, so that nothing but the held transaction is left to be waited for.
     */
    void change(String name, Runnable what) {
        long before = invalidations();
        change = CompletableFuture.supplyAsync(() -> {
            what.run();
            return released.getCount() == 0;
        }, task -> {
            changer = new Thread(task, name);
            changer.start();
        });
        Condition.await("an invalidation for " + name, () -> change.isDone() || invalidations() > before);
        long start = processorNanos();
        Condition.await(name + " to spin", () -> change.isDone() || processorNanos() - start > TOO_EARLY_NANOS);
    }

    /** What the changing thread has used up to now; its time does not count while the processor does other things. */
    private long processorNanos() {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(changer.getId());
    }

    private long invalidations() {
        return rig.machine().counters().entrySet().stream()
                .filter(counter -> counter.getKey().contains(".invalidations.")).mapToLong(e -> e.getValue()).sum();
    }

    /** Lets the transaction go on; returns when it and the change have ended. */
    void release() {
        released.countDown();
        outcome();
        waited();
    }

    /** What was read or written; empty if it was aborted. */
    OptionalLong outcome() {
        return end(transaction);
    }

    /** True if the change returned after the release only. */
    boolean waited() {
        return end(change);
    }

    private static <T> T end(CompletableFuture<T> future) {
        try {
            return future.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        released.countDown();
        rig.machine().preempt(null);
    }
}
