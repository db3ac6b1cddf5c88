package org.iommu4j.core.unit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Brackets every call into the driver of a machine, so that the driver can be exchanged between two calls. It starts
 * closed.
 *
 * <p><b>Assumptions.</b> (1) Each {@link #enter} is followed by one {@link #exit} of the same thread. (2) No thread
 * enters twice. (3) {@link #close} and {@link #open} are called by one thread at a time.
 *
 * <p><b>Guarantees.</b> (1) Once {@link #close} has answered true, nobody is inside until {@link #open}, and all that
 * the callers did inside is visible to the closer. (2) What was done while the gate was closed is visible to all who
 * enter afterwards. (3) While the gate is open, entering and leaving are wait-free, allocate nothing after a thread's
 * first call, and write no memory that another thread writes: a fenced store in, a release store out. (4) The gate
 * keeps no thread alive; the cell of a dead thread is used again.
 */
public final class Gate {
    private static final int CELLS_AT_FIRST = 64;
    private static final int PLACES_FOR_EACH = 2;
    private static final long CLOSER_PAUSE_NANOS = 20_000;

    private final String machine;
    private final long patienceNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<GateCell> dead = new ArrayDeque<>();
    /** By thread id, then the next free place; at least half of the places are free. */
    private volatile GateCell[] cells = new GateCell[CELLS_AT_FIRST];
    private int used;
    private volatile boolean closed = true;
    private String failure;
    private int waiting;
    /** When the first of those that wait now began to. */
    private long waitingSince;
    private long longestWaitNanos;

    /**
     * @param machine for messages
     * @param patienceNanos how long a caller waits at most while the gate is closed
     */
    public Gate(String machine, long patienceNanos) {
        this.machine = machine;
        this.patienceNanos = patienceNanos;
    }

    /**
     * Enters; waits while the gate is closed.
     *
     * @throws IommuException {@link Reason#DRIVER_GONE} if it does not open within the patience, or has failed
     */
    public GateCell enter() {
        GateCell cell = cell();
        while (!enters(cell)) {
            awaitOpen();
        }
        return cell;
    }

    /** Enters if the gate is open, else answers null at once. */
    public GateCell tryEnter() {
        GateCell cell = cell();
        return enters(cell) ? cell : null;
    }

    public void exit(GateCell cell) {
        cell.exit();
    }

    public boolean isOpen() {
        return !closed;
    }

    /**
     * Keeps callers out and waits for those inside.
     *
     * @return true if nobody is inside any more; false once the bound has passed, and the gate is still closed
     */
    public boolean close(long boundNanos) {
        long start = System.nanoTime();
        GateCell[] all;
        lock.lock();
        try {
            if (!closed) {
                longestWaitNanos = 0;
                failure = null;
                closed = true;
            }
            all = cells;
        } finally {
            lock.unlock();
        }
        for (GateCell cell : all) {
            while (cell != null && cell.isInside()) {
                if (System.nanoTime() - start >= boundNanos) {
                    return false;
                }
                LockSupport.parkNanos(CLOSER_PAUSE_NANOS);
            }
        }
        return true;
    }

    /** Lets callers in, those that wait included. */
    public void open() {
        lock.lock();
        try {
            // Counted here: those that wait have not woken up when the closer asks.
            if (waiting > 0) {
                longestWaitNanos = Math.max(longestWaitNanos, System.nanoTime() - waitingSince);
            }
            failure = null;
            closed = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the callers of the closed gate fail, those that wait and those to come, until {@link #open}. */
    public void fail(String why) {
        lock.lock();
        try {
            failure = why;
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How many callers are inside. */
    public int inside() {
        int count = 0;
        for (GateCell cell : snapshot()) {
            count += cell != null && cell.isInside() ? 1 : 0;
        }
        return count;
    }

    /** The longest that a caller waited until the gate was last opened; 0 if none came. */
    public long longestWaitNanos() {
        lock.lock();
        try {
            return longestWaitNanos;
        } finally {
            lock.unlock();
        }
    }

    /** Empties every thread's gather and zeroes its cursor. Only while the gate is closed and nobody is inside. */
    public void forgetGathers() {
        for (GateCell cell : snapshot()) {
            if (cell != null) {
                cell.gather().clear();
                Arrays.fill(cell.gather().cursor(), 0);
            }
        }
    }

    private boolean enters(GateCell cell) {
        // The fenced store comes before the load of closed, the closer's store before its loads: one sees the other.
        cell.enter();
        if (!closed) {
            return true;
        }
        cell.exit();
        return false;
    }

    private GateCell cell() {
        Thread thread = Thread.currentThread();
        GateCell[] all = cells;
        int mask = all.length - 1;
        for (int at = (int) thread.getId() & mask; ; at = at + 1 & mask) {
            GateCell cell = all[at];
            if (cell == null) {
                return newCell(thread);
            }
            if (cell.refersTo(thread)) {
                return cell;
            }
        }
    }

    private GateCell newCell(Thread thread) {
        lock.lock();
        try {
            if (++used > cells.length / 2) {
                sweep();
            }
            GateCell cell = new GateCell(thread, dead.poll());
            place(cell, (int) thread.getId(), cells);
            return cell;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the cells of dead threads out, and leaves at least one more place free for each that is taken. */
    private void sweep() {
        List<GateCell> living = new ArrayList<>();
        for (GateCell cell : cells) {
            if (cell != null) {
                (cell.isDead() && !cell.isInside() ? dead : living).add(cell);
            }
        }
        used = living.size() + 1;
        GateCell[] swept = new GateCell[Math.max(CELLS_AT_FIRST, Integer.highestOneBit(used) * 2 * PLACES_FOR_EACH)];
        for (GateCell cell : living) {
            Thread thread = cell.get();
            place(cell, thread == null ? 0 : (int) thread.getId(), swept);
        }
        cells = swept;
    }

    private static void place(GateCell cell, int id, GateCell[] all) {
        int mask = all.length - 1;
        int at = id & mask;
        while (all[at] != null) {
            at = at + 1 & mask;
        }
        all[at] = cell;
    }

    private GateCell[] snapshot() {
        lock.lock();
        try {
            return cells;
        } finally {
            lock.unlock();
        }
    }

    private void awaitOpen() {
        long start = System.nanoTime();
        boolean interrupted = false;
        lock.lock();
        try {
            waitingSince = waiting++ == 0 ? start : waitingSince;
            long rest = patienceNanos;
            while (closed) {
                if (failure != null || rest <= 0) {
                    throw IommuException.of(Reason.DRIVER_GONE, "machine %s: %s", machine, failure != null ? failure
                            : "no driver within " + TimeUnit.NANOSECONDS.toMillis(patienceNanos) + " ms");
                }
                try {
                    rest = changed.awaitNanos(rest);
                } catch (InterruptedException e) {
                    interrupted = true;
                    rest = patienceNanos - (System.nanoTime() - start);
                }
            }
        } finally {
            waiting--;
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
