package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.machine.Board;

/**
 * One device thread's reads of tables. Entries are fetched in the units in which the architecture guarantees that
 * hardware sees a store whole: 128 bits for context and PASID entries (VT-d specification 9, "software must write
 * 128-bit entries atomically or clear P first"), 64 bits for root, directory and paging entries. Units of one entry
 * come in random order with a point of preemption between any two, so an entry that software changes meanwhile is used
 * as it was read, mixed or not.
 *
 * <p>Root, context and PASID structures are read as ECAP.C says, with or without a look at the processors' caches;
 * paging structures as their {@link Target} says (11.4.3, C and SMPWCS; 9.6, PWSNP).
 */
final class EntryFetch {
    private static final int UNIT_WORDS = 2;

    private final PhysicalMemory memory;
    private final PhysicalMemory unsnooped;
    private final PhysicalMemory entries;
    private final Preemption preemption;
    private long random;
    private boolean failed;

    /** What tests put between two fetches of one request; nothing by default. */
    static final class Preemption {
        /** Run before each fetch of an entry or paging level but the first. */
        volatile Runnable step;
    }

    EntryFetch(VtdCapabilities caps, Board board, Preemption preemption, long seed) {
        this.memory = board.memory();
        this.unsnooped = board.flushed().ram();
        this.entries = caps.coherent() ? memory : unsnooped;
        this.preemption = preemption;
        this.random = seed * 2 + 1;
    }

    /** True if the last fetch went to an address that is no memory; what it returned is then 0. */
    boolean failed() {
        return failed;
    }

    /** 64 bits of a root or directory entry. */
    long fetch64(long pa) {
        return fetch64(entries, pa);
    }

    /** A paging entry. */
    long fetchPaging(long pa, boolean snooped) {
        return fetch64(snooped ? memory : unsnooped, pa);
    }

    /**
     * Sets bits of a paging entry that has been fetched with snooping, atomically.
     *
     * @return false if the entry is no longer what was fetched; it then stays as it is
     */
    boolean mark(long pa, long fetched, long bits) {
        return memory.compareAndSet64(pa, fetched, fetched | bits);
    }

    private long fetch64(PhysicalMemory from, long pa) {
        try {
            failed = false;
            return from.loadAcquire64(pa);
        } catch (IommuException outsideMemory) {
            // The unit's own read was answered by nobody: its caller records the fault that the specification names.
            failed = true;
            return 0;
        }
    }

    /** Two words of 64 bits, fetched apart. */
    void fetchPair(long pa, long[] into) {
        int first = draw(2);
        into[first] = fetch64(pa + (long) first * Long.BYTES);
        if (!failed) {
            preempt();
            into[1 - first] = fetch64(pa + (long) (1 - first) * Long.BYTES);
        }
    }

    /** {@code words} words in units of 128 bits. @param words 2, 4 or 8 */
    void fetchUnits(long pa, long[] into, int words) {
        int units = words / UNIT_WORDS;
        int start = draw(units);
        int flip = draw(2) == 0 ? 0 : units - 1;
        try {
            failed = false;
            for (int i = 0; i < units; i++) {
                if (i > 0) {
                    preempt();
                }
                int at = ((i + start & units - 1) ^ flip) * UNIT_WORDS;
                entries.load128(pa + (long) at * Long.BYTES, into, at);
            }
        } catch (IommuException outsideMemory) {
            // As in fetch64.
            failed = true;
        }
    }

    /** A point at which software may store before the next fetch. */
    void preempt() {
        Runnable step = preemption.step;
        if (step != null) {
            step.run();
        }
    }

    /** @param bound a power of two */
    private int draw(int bound) {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) (random >>> 32) & bound - 1;
    }
}
