package org.iommu4j.api.machine;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Sequence words that make 16-byte stores atomic towards 16-byte loads: odd while a store is under way. Striped by
 * address and spread over cache lines, so that tables of different units do not meet.
 */
final class WideStores {
    private static final int STRIPES = 256;
    private static final int SPREAD = 16;

    private final AtomicLongArray words = new AtomicLongArray(STRIPES * SPREAD);

    /** Waits for another store to the same stripe. @return to be given to {@link #unlock} */
    int lock(long pa) {
        int word = word(pa);
        while (true) {
            long seen = words.get(word);
            if ((seen & 1) == 0 && words.compareAndSet(word, seen, seen + 1)) {
                return word;
            }
            Thread.onSpinWait();
        }
    }

    void unlock(int word) {
        words.set(word, words.getPlain(word) + 1);
    }

    /** The sequence before a load; waits while a store is under way. */
    long begin(long pa) {
        int word = word(pa);
        long seen = words.get(word);
        while ((seen & 1) != 0) {
            Thread.onSpinWait();
            seen = words.get(word);
        }
        return seen;
    }

    /** True if no store came between {@link #begin} and now. */
    boolean unchanged(long pa, long sequence) {
        VarHandle.acquireFence();
        return words.get(word(pa)) == sequence;
    }

    private static int word(long pa) {
        if ((pa & 15) != 0) {
            throw new IllegalArgumentException(String.format("%#x is not a multiple of 16", pa));
        }
        return (int) (pa >>> 4 & STRIPES - 1) * SPREAD;
    }
}
