package org.iommu4j.core.unit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine's interrupt vectors and the threads that run handlers.
 *
 * <p><b>Guarantees.</b> (1) A vector belongs to one thread, so its handler never runs twice at once. (2) Arrivals while
 * it runs, or while the gate is closed, lead to one more run. (3) {@link #interrupt} is lock-free and allocates
 * nothing. (4) Handlers run inside the gate.
 */
public final class Interrupts implements InterruptSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);
    private static final int THREADS = 2;
    private static final long STOP_MILLIS = 1000;

    /** Who waits for a vector. */
    private record Line(Seat seat, String name) {
    }

    private final String machine;
    private final Gate gate;
    private final Line[] lines;
    private final Map<Line, Integer> vectors = new HashMap<>();
    private final AtomicLongArray pending;
    private final AtomicLong dropped = new AtomicLong();
    private final List<Thread> threads;
    private volatile boolean stopped;

    /** @param vectors how many the machine has */
    public Interrupts(String machine, int vectors, Gate gate) {
        this.machine = machine;
        this.gate = gate;
        this.lines = new Line[vectors];
        this.pending = new AtomicLongArray((vectors + Long.SIZE - 1) / Long.SIZE);
        this.threads = IntStream.range(0, THREADS).mapToObj(this::thread).toList();
        threads.forEach(Thread::start);
    }

    /**
     * The vector of a name of a unit; always the same.
     *
     * @throws IommuException {@link Reason#NO_SPACE}
     */
    public int vector(Seat seat, String name) {
        synchronized (lines) {
            Line line = new Line(seat, name);
            Integer known = vectors.get(line);
            if (known != null) {
                return known;
            }
            int next = vectors.size();
            if (next == lines.length) {
                throw IommuException.of(Reason.NO_SPACE, "interrupt '%s' of unit %s: all %d vectors of machine %s are "
                        + "in use", name, seat, lines.length, machine);
            }
            lines[next] = line;
            vectors.put(line, next);
            return next;
        }
    }

    @Override
    public void interrupt(int vector) {
        if (vector < 0 || vector >= lines.length) {
            dropped.incrementAndGet();
            return;
        }
        int word = vector / Long.SIZE;
        long bit = 1L << vector % Long.SIZE;
        long seen = pending.get(word);
        while ((seen & bit) == 0 && !pending.compareAndSet(word, seen, seen | bit)) {
            seen = pending.get(word);
        }
        LockSupport.unpark(threads.get(vector % THREADS));
    }

    /** To be called when the gate has opened: what came meanwhile is delivered. */
    public void gateOpened() {
        threads.forEach(LockSupport::unpark);
    }

    /** How many came for a vector without a handler. */
    public long dropped() {
        return dropped.get();
    }

    /** Stops the threads; waits a moment for those inside a handler. */
    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
            try {
                thread.join(STOP_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread thread(int number) {
        return CoreThread.of("interrupts " + machine + " " + number, () -> serve(number));
    }

    private void serve(int number) {
        while (!stopped) {
            boolean idle = true;
            for (int vector = number; vector < lines.length && gate.isOpen(); vector += THREADS) {
                if (take(vector)) {
                    idle = false;
                    deliver(vector);
                }
            }
            if (idle && !stopped) {
                LockSupport.park(this);
            }
        }
    }

    private boolean take(int vector) {
        int word = vector / Long.SIZE;
        long bit = 1L << vector % Long.SIZE;
        long seen = pending.get(word);
        while ((seen & bit) != 0) {
            if (pending.compareAndSet(word, seen, seen & ~bit)) {
                return true;
            }
            seen = pending.get(word);
        }
        return false;
    }

    private void deliver(int vector) {
        GateCell cell = gate.tryEnter();
        if (cell == null) {
            interrupt(vector);
            return;
        }
        Line line;
        synchronized (lines) {
            line = lines[vector];
        }
        try {
            if (line == null || !line.seat().runHandler(line.name())) {
                dropped.incrementAndGet();
            }
        } catch (Throwable thrown) {
            String where = "interrupt '" + line.name() + "' of unit " + line.seat();
            String text = DriverError.text(thrown, where).getMessage();
            line.seat().why().add("%s: %s", where, text);
            LOG.warn("{}: {}", where, text);
        } finally {
            gate.exit(cell);
        }
    }
}
