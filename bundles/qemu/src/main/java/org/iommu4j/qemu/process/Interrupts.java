package org.iommu4j.qemu.process;

import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Looks every millisecond for interrupts and passes them on. As in hardware, interrupts of one kind that come close
 * together are one.
 */
public abstract class Interrupts {
    /** Vectors of a machine: 0 to this less one. */
    public static final int VECTORS = 128;

    private static final long PERIOD_NANOS = 1_000_000;

    private final Thread thread;
    private volatile boolean ended;

    /** @param machine for the name of the thread, which {@link #start} starts */
    Interrupts(String machine) {
        this.thread = new Thread(this::run, "interrupts of " + machine);
        thread.setDaemon(true);
    }

    /** From now on interrupts are passed on. @return this */
    public final Interrupts start() {
        thread.start();
        return this;
    }

    /**
     * Has a wired interrupt arrive as a vector.
     *
     * @param line as firmware tables number it
     * @throws IommuException NOT_SUPPORTED if there is no such line
     */
    public void wire(int line, int vector) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "no wired interrupt %d, there are messages alone", line);
    }

    /** Returns when nothing is passed on any more. */
    public final void end() {
        ended = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
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

    private void run() {
        while (!ended && look()) {
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    /** Passes on what has come. @return false if nothing can come any more */
    abstract boolean look();
}
