package org.iommu4j.core.dma;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.core.unit.CoreThread;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread of one machine that flushes what nobody else does in time. It runs from the first lazy domain on. */
public final class FlushTimer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FlushTimer.class);

    private final List<FlushQueue> queues = new CopyOnWriteArrayList<>();
    private final Thread thread;
    /** The queue whose last flush failed, so that only the first of a row of failures is told. */
    private FlushQueue troubled;
    private boolean started;
    private volatile boolean closed;

    /** @param machine for the thread's name */
    public FlushTimer(String machine) {
        thread = CoreThread.of("flush " + machine, this::run);
    }

    synchronized void watch(FlushQueue queue) {
        queues.add(queue);
        if (!started && !closed) {
            started = true;
            thread.start();
        }
    }

    void ignore(FlushQueue queue) {
        queues.remove(queue);
    }

    void wake() {
        LockSupport.unpark(thread);
    }

    /** Ends the thread; what is queued stays queued. */
    @Override
    public synchronized void close() {
        closed = true;
        wake();
    }

    private void run() {
        while (!closed) {
            long rest = FlushQueue.NOT_DUE;
            for (FlushQueue queue : queues) {
                rest = Math.min(rest, served(queue));
            }
            if (rest == FlushQueue.NOT_DUE) {
                LockSupport.park(this);
            } else if (rest > 0) {
                LockSupport.parkNanos(this, rest);
            }
        }
    }

    /** @return nanoseconds until the queue wants to be looked at again */
    private long served(FlushQueue queue) {
        if (queue.dueIn(System.nanoTime()) <= 0) {
            try {
                queue.onTimer();
                troubled = troubled == queue ? null : troubled;
            } catch (RuntimeException e) {
                if (troubled != queue) {
                    troubled = queue;
                    LOG.warn("{} is tried again until it succeeds: {}", queue, e.toString());
                }
            }
        }
        return queue.dueIn(System.nanoTime());
    }
}
