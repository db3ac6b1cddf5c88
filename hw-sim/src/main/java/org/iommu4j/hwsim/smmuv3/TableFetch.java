package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * One device thread's reads of configuration and tables. Hardware sees a store of 64 bits whole, and need not see more:
 * the double-words of a structure are fetched apart and in any order (Arm IHI 0070, 3.21.3). Here the order is random,
 * with a point of preemption between any two, so a structure that software changes meanwhile is used as it was read,
 * mixed or not.
 */
final class TableFetch {
    private static final int WORDS = 8;

    private final PhysicalMemory memory;
    private final Preemption preemption;
    private long random;
    private boolean failed;

    /** What tests put between two fetches of one transaction; nothing by default. */
    static final class Preemption {
        /** Run before each fetch of a word or table level but the first. */
        volatile Runnable step;
    }

    TableFetch(PhysicalMemory memory, Preemption preemption, long seed) {
        this.memory = memory;
        this.preemption = preemption;
        this.random = seed * 2 + 1;
    }

    /** True if the last fetch went to an address that is no memory; what it returned is then 0. */
    boolean failed() {
        return failed;
    }

    /** A descriptor. */
    long fetch(long pa) {
        try {
            failed = false;
            return memory.loadAcquire64(pa);
        } catch (IommuException outsideMemory) {
            // The unit's own read was answered by nobody: its caller records the event that the specification names.
            failed = true;
            return 0;
        }
    }

    /** Replaces a descriptor, atomically. @return false if it is no longer what was fetched; it then stays */
    boolean update(long pa, long fetched, long marked) {
        return memory.compareAndSet64(pa, fetched, marked);
    }

    /** The eight words of a stream table entry or context descriptor. */
    void fetchStructure(long pa, long[] into) {
        int draw = draw();
        int start = draw & WORDS - 1;
        int flip = draw >>> 3 & WORDS - 1;
        for (int i = 0; i < WORDS; i++) {
            if (i > 0) {
                preempt();
            }
            int at = (i + start & WORDS - 1) ^ flip;
            into[at] = fetch(pa + (long) at * Long.BYTES);
            if (failed) {
                return;
            }
        }
    }

    /** A point at which software may store before the next fetch. */
    void preempt() {
        Runnable step = preemption.step;
        if (step != null) {
            step.run();
        }
    }

    private int draw() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) (random >>> 32);
    }
}
