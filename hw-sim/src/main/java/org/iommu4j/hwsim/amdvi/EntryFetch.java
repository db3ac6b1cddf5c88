package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.machine.Board;

/**
 * One device thread's reads of tables, in the units in which hardware sees a store whole. AMD 48882 section 2.2.2: a
 * device table entry is read in a single transaction of 256 bits, while software can store no more than 128 bits at a
 * time, so what hardware uses is an entry that was in memory at some instant, between two stores of software too.
 * Entries of guest CR3 tables and of paging structures have 64 bits; there is a point of preemption before each.
 *
 * <p>The device table is read with a look at the processors' caches if the control bit Coherent says so (3.4), paging
 * structures unless the device table entry has SD (2.2.2.1).
 */
final class EntryFetch {
    private static final int DEVICE_BYTES = 32;
    private static final int UNIT = 16;

    private final PhysicalMemory memory;
    private final PhysicalMemory unsnooped;
    private final Preemption preemption;
    private final long[] again = new long[2];
    private boolean failed;

    /** What tests put between two fetches of one request; nothing by default. */
    static final class Preemption {
        /** Run before each fetch of an entry or paging level. */
        volatile Runnable step;
    }

    EntryFetch(Board board, Preemption preemption) {
        this.memory = board.memory();
        this.unsnooped = board.flushed().ram();
        this.preemption = preemption;
    }

    /** True if the last fetch went to an address that is no memory; what it returned is then 0. */
    boolean failed() {
        return failed;
    }

    /** 64 bits of a guest CR3 table or a paging structure. */
    long fetch64(long pa, boolean snooped) {
        preempt();
        PhysicalMemory from = snooped ? memory : unsnooped;
        try {
            failed = false;
            return from.loadAcquire64(pa);
        } catch (IommuException outsideMemory) {
            // The unit's own read was answered by nobody: its caller logs the hardware error.
            failed = true;
            return 0;
        }
    }

    /**
     * Sets bits of a paging entry that has been fetched with snooping, atomically.
     *
     * @return false if the entry is no longer what was fetched; it then stays as it is
     */
    boolean mark(long pa, long fetched, long bits) {
        return memory.compareAndSet64(pa, fetched, fetched | bits);
    }

    /** A device table entry, as it was at one instant: four words. */
    void fetchDevice(long pa, boolean snooped, long[] into) {
        preempt();
        PhysicalMemory from = snooped ? memory : unsnooped;
        try {
            failed = !from.contains(pa, DEVICE_BYTES);
            if (!failed) {
                from.load128(pa, into, 0);
                do {
                    again[0] = into[0];
                    again[1] = into[1];
                    from.load128(pa + UNIT, into, 2);
                    from.load128(pa, into, 0);
                } while (into[0] != again[0] || into[1] != again[1]);
            }
        } catch (IommuException outsideMemory) {
            // As in fetch64.
            failed = true;
        }
    }

    private void preempt() {
        Runnable step = preemption.step;
        if (step != null) {
            step.run();
        }
    }
}
