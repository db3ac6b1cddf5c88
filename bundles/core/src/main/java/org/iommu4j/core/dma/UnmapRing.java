package org.iommu4j.core.dma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.iova.IovaAllocator;

/**
 * Ranges that one thread has unmapped and nobody has invalidated yet. The owner adds at the tail; whoever flushes takes
 * and releases, one at a time, which {@link FlushQueue} sees to. Positions count up for ever.
 * <pre>
 *   released       being invalidated       waiting          free
 * ----------+-------------------------+----------------+------------
 *         head                      taken            tail
 * </pre>
 */
final class UnmapRing {
    static final int ENTRIES = 256;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int LINE = 16;
    /** Written by the owner. */
    private static final int TAIL = LINE;
    private static final int STAMPED = TAIL + 1;
    private static final int STAMP = TAIL + 2;
    /** Written by who flushes. */
    private static final int HEAD = 2 * LINE;
    private static final int TAKEN = HEAD + 1;
    private static final int FIRST_ENTRY = 3 * LINE;
    /** An entry: start, length, page sizes with {@link #RELEASED} among them. */
    private static final int ENTRY = 3;
    /** Bit 0 of the page sizes: the range is a block of the allocator's. */
    private static final long RELEASED = 1;

    private final long[] words = new long[FIRST_ENTRY + ENTRIES * ENTRY + LINE];
    private final Gather gathered = new Gather();

    UnmapRing() {
        words[STAMPED] = -1;
    }

    /** The owner's, for one unmap. */
    Gather gathered() {
        return gathered;
    }

    /** Asked by the owner. */
    boolean isFull() {
        return words[TAIL] - (long) WORD.getAcquire(words, HEAD) == ENTRIES;
    }

    /** How many ranges a device may still reach. */
    long waiting() {
        long head = (long) WORD.getAcquire(words, HEAD);
        return (long) WORD.getAcquire(words, TAIL) - head;
    }

    /** How many ranges were ever added. */
    long added() {
        return (long) WORD.getAcquire(words, TAIL);
    }

    /**
     * Adds a range. By the owner, while the ring is not full.
     *
     * @param pageSizes bit n set: it had pages of 2^n bytes; n is at least 12
     * @param block true if the range is to be freed when it is invalidated
     */
    void add(long start, long length, long pageSizes, boolean block, LongSupplier clock) {
        long tail = words[TAIL];
        int at = entry(tail);
        WORD.setOpaque(words, at, start);
        WORD.setOpaque(words, at + 1, length);
        WORD.setOpaque(words, at + 2, block ? pageSizes | RELEASED : pageSizes);
        // The fenced store comes before the load of TAKEN, and take() looks at TAIL again after its store of TAKEN:
        // either the entry is taken, or it is seen here to be the first of those that wait, and gets the time.
        WORD.setVolatile(words, TAIL, tail + 1);
        if (words[STAMPED] < (long) WORD.getVolatile(words, TAKEN)) {
            WORD.setOpaque(words, STAMP, clock.getAsLong());
            WORD.setRelease(words, STAMPED, tail);
        }
    }

    /**
     * Takes what waits.
     *
     * @param due gets the ranges
     * @param now the time
     * @return when the oldest of them was added; {@code now} if there is none
     */
    long take(Gather due, long now) {
        long from = words[TAKEN];
        long to = (long) WORD.getVolatile(words, TAIL);
        WORD.setVolatile(words, TAKEN, to);
        while (to != (long) WORD.getVolatile(words, TAIL)) {
            to = (long) WORD.getVolatile(words, TAIL);
            WORD.setVolatile(words, TAKEN, to);
        }
        for (long position = from; position < to; position++) {
            int at = entry(position);
            addTo(due, words[at], words[at + 1], words[at + 2] & ~RELEASED);
        }
        long stamped = (long) WORD.getAcquire(words, STAMPED);
        return stamped >= from && stamped < to ? (long) WORD.getOpaque(words, STAMP) : now;
    }

    /** What was taken is invalidated: blocks become free, places too. */
    void release(IovaAllocator iovas) {
        long taken = words[TAKEN];
        for (long position = words[HEAD]; position < taken; position++) {
            int at = entry(position);
            if ((words[at + 2] & RELEASED) != 0) {
                iovas.free(words[at], words[at + 1]);
            }
        }
        WORD.setRelease(words, HEAD, taken);
    }

    /** True if part of a range may still be reached; may also say so of one that has just been freed. Any thread. */
    boolean holds(long start, long last) {
        long tail = (long) WORD.getAcquire(words, TAIL);
        for (long position = (long) WORD.getAcquire(words, HEAD); position < tail; position++) {
            int at = entry(position);
            long queued = (long) WORD.getOpaque(words, at);
            long queuedLast = queued + (long) WORD.getOpaque(words, at + 1) - 1;
            if (Long.compareUnsigned(queued, last) <= 0 && Long.compareUnsigned(start, queuedLast) <= 0) {
                return true;
            }
        }
        return false;
    }

    private static void addTo(Gather due, long start, long length, long pageSizes) {
        for (long rest = pageSizes; rest != 0; rest &= rest - 1) {
            due.add(start, start + length - 1, Long.numberOfTrailingZeros(rest));
        }
    }

    private static int entry(long position) {
        return FIRST_ENTRY + (int) (position & ENTRIES - 1) * ENTRY;
    }
}
