package org.iommu4j.core.machine;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.iommu4j.core.handover.Life;
import org.iommu4j.core.unit.CoreThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A machine's life-cycle thread. */
final class LifeThread implements Life {
    private static final Logger LOG = LoggerFactory.getLogger(LifeThread.class);

    private final String machine;
    private final ScheduledThreadPoolExecutor thread;
    private volatile Thread worker;

    LifeThread(String machine) {
        this.machine = machine;
        this.thread = new ScheduledThreadPoolExecutor(1, this::newWorker);
        thread.setRemoveOnCancelPolicy(true);
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            thread.execute(() -> run(task));
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: has gone", machine);
            return false;
        }
    }

    @Override
    public Runnable after(long nanos, Runnable task) {
        try {
            ScheduledFuture<?> timer = thread.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException e) {
            LOG.debug("{}: has gone", machine);
            return () -> { };
        }
    }

    /** Does what was given before, then ends. */
    void end() {
        thread.shutdown();
    }

    /** @return true if it has ended within the bound */
    boolean await(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        if (!thread.awaitTermination(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        // The executor counts as terminated while its last thread still runs its final steps.
        Thread last = worker;
        if (last != null) {
            last.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
        return last == null || !last.isAlive();
    }

    private Thread newWorker(Runnable task) {
        Thread made = CoreThread.of("life of " + machine, task);
        worker = made;
        return made;
    }

    private void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("{}: a life-cycle step failed: {}", machine, e.toString(), e);
        }
    }
}
