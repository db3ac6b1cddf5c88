package org.iommu4j.qemu.process;

import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * Passes the interrupts on that the firmware has counted, within about a millisecond. As in hardware, interrupts of one
 * vector that come close together are one.
 */
public final class InterruptPoller {
    /**
     * Vectors of the machine: those of the processor from 32 on, below which are exceptions, up to the one for spurious
     * interrupts.
     */
    public static final int VECTORS = 128;
    private static final int FIRST = 32;
    private static final long PERIOD_NANOS = 1_000_000;

    private final PhysicalMemory memory;
    private final InterruptSink sink;
    private final int[] seen = new int[VECTORS];
    private final Thread thread;
    private volatile boolean ended;

    /** @param memory with the firmware running in it */
    public InterruptPoller(String machine, PhysicalMemory memory, InterruptSink sink) {
        this.memory = memory;
        this.sink = sink;
        for (int vector = 0; vector < VECTORS; vector++) {
            seen[vector] = count(vector);
        }
        this.thread = new Thread(this::run, "interrupts of " + machine);
        thread.setDaemon(true);
        thread.start();
    }

    /** The processor's vector for one of the machine's. */
    public static int processorVector(int vector) {
        return FIRST + vector;
    }

    /** Returns when the sink is not called any more. */
    public void end() {
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
        while (!ended) {
            for (int vector = 0; vector < VECTORS; vector++) {
                int count = count(vector);
                if (count != seen[vector]) {
                    seen[vector] = count;
                    sink.interrupt(vector);
                }
            }
            LockSupport.parkNanos(PERIOD_NANOS);
        }
    }

    private int count(int vector) {
        return memory.loadAcquire32(IdleFirmware.COUNTERS + (long) processorVector(vector) * Integer.BYTES);
    }
}
