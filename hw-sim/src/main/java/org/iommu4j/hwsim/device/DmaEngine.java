package org.iommu4j.hwsim.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device thread. Its sources each have a bit that says their bell rang; the thread takes a word of bits at a time,
 * serves those sources a burst each, in turn, and parks when no bit is set. The handshake of ring and park is
 * Dekker's: who rings sets the bit and then looks whether the thread is parked, who parks says so and then looks for
 * bits. The first to ring for a parked thread wakes it, the others save the call.
 */
public final class DmaEngine {
    /** Most sources of one engine. */
    public static final int MAX_SOURCES = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(DmaEngine.class);
    private static final VarHandle BITS = MethodHandles.arrayElementVarHandle(long[].class);

    private final Thread thread;
    private final DmaPort port;
    private final List<DmaSource> sources = new ArrayList<>();
    private final long[] rung = new long[MAX_SOURCES / Long.SIZE];
    private final Counter failures = new Counter();
    private final AtomicBoolean parked = new AtomicBoolean();
    private volatile boolean running = true;

    /** @param name of the thread */
    public DmaEngine(String name, DmaPort port) {
        this.port = port;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        // The creator's loader may belong to another bundle, which would stay reachable.
        thread.setContextClassLoader(null);
    }

    /** Adds a source that is made with its bell. Before {@link #start}. */
    <T extends DmaSource> T attach(Function<Doorbell, T> maker) {
        if (sources.size() == MAX_SOURCES) {
            throw IommuException.of(Reason.NO_SPACE, "%s serves %d DMA queues already, which is the limit",
                    thread.getName(), MAX_SOURCES);
        }
        T source = maker.apply(new Doorbell(this, sources.size()));
        sources.add(source);
        return source;
    }

    public void start() {
        thread.start();
    }

    /** Asks the thread to end after the burst it is in. */
    public void stop() {
        running = false;
        LockSupport.unpark(thread);
    }

    /** Waits until the thread has ended after {@link #stop}. */
    public void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Adds its counts of transactions; several engines add up. */
    public void counters(Map<String, Long> into) {
        into.merge("dma.completed", port.completed(), Long::sum);
        into.merge("dma.aborted", port.aborted(), Long::sum);
        into.merge("dma.failures", failures.get(), Long::sum);
    }

    void ring(int source) {
        BITS.getAndBitwiseOr(rung, source / Long.SIZE, 1L << source);
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        int words = (sources.size() + Long.SIZE - 1) / Long.SIZE;
        while (running) {
            if (!serveRung(words)) {
                parkUnlessRung(words);
            }
        }
    }

    private boolean serveRung(int words) {
        boolean any = false;
        for (int word = 0; word < words; word++) {
            if ((long) BITS.getOpaque(rung, word) == 0) {
                continue;
            }
            long due = (long) BITS.getAndSet(rung, word, 0L);
            any = true;
            while (due != 0 && running) {
                serve(word * Long.SIZE + Long.numberOfTrailingZeros(due));
                due &= due - 1;
            }
        }
        return any;
    }

    private void serve(int source) {
        try {
            if (sources.get(source).serve(port)) {
                BITS.getAndBitwiseOr(rung, source / Long.SIZE, 1L << source);
            }
        } catch (RuntimeException | Error e) {
            // A defect of a device or model: its queue stands still for good, as broken hardware would; others go on.
            failures.increment();
            sources.set(source, stopped -> false);
            LOG.error("{}: queue {} failed", thread.getName(), source, e);
        }
    }

    private void parkUnlessRung(int words) {
        parked.set(true);
        for (int word = 0; word < words; word++) {
            if ((long) BITS.getVolatile(rung, word) != 0) {
                parked.set(false);
                return;
            }
        }
        if (running) {
            LockSupport.park(this);
        }
        parked.set(false);
    }
}
