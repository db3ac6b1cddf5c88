package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A set-associative cache of words: a key of 64 bits that is not 0, and a few words of data.
 * <pre>
 *   set s:  | key | word 0 (| word 1 ...) | key | word 0 (| word 1 ...) | ...    sequences[s]: odd while it is written
 * </pre>
 * A lookup reads a set between two looks at its sequence and counts as a miss if that moved: a miss is always allowed,
 * so no device ever waits for another. For the same reason a fill gives up where a set is being written. Only removal
 * waits. Any thread; allocates nothing.
 *
 * <p>Replacement: an entry of the same key, else a free way, else one that a hash of seed, set and its sequence picks.
 */
public final class SetCache {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final long FREE = 0;

    private final Generation generation;
    private final int words;
    private final int ways;
    private final int stride;
    private final int setLength;
    private final int sets;
    private final long seed;
    private final long[] entries;
    private final long[] sequences;

    /**
     * @param words data words of an entry, at least 1
     * @param seed of replacement
     * @param generation begun by whoever removes, before it removes, and ended afterwards
     */
    public SetCache(CacheGeometry geometry, int words, long seed, Generation generation) {
        this.generation = generation;
        this.words = words;
        this.ways = geometry.ways();
        this.stride = 1 + words;
        this.setLength = ways * stride;
        this.sets = geometry.sets();
        this.seed = seed;
        this.entries = new long[sets * setLength];
        this.sequences = new long[sets];
    }

    /** The number of entries it can hold. */
    public int capacity() {
        return sets * ways;
    }

    /**
     * The first data word of a key, or 0 if it is not cached; for caches whose first word is never 0.
     *
     * @param key not 0
     */
    public long get(long key) {
        int set = set(key);
        long sequence = (long) LONGS.getAcquire(sequences, set);
        long[] held = entries;
        int step = stride;
        int at = set * setLength;
        for (int end = at + setLength; at < end; at += step) {
            if (held[at] == key) {
                long found = held[at + 1];
                return unchanged(set, sequence) ? found : 0;
            }
        }
        return 0;
    }

    /** Copies the data words of a key to the start of an array. @return false if it is not cached */
    public boolean get(long key, long[] into) {
        int set = set(key);
        long sequence = (long) LONGS.getAcquire(sequences, set);
        int at = find(set, key);
        if (at >= 0) {
            for (int i = 0; i < words; i++) {
                into[i] = entries[at + 1 + i];
            }
        }
        return at >= 0 && unchanged(set, sequence);
    }

    /**
     * Caches an entry of one word, unless an invalidation has come since it was read, or the set is being written.
     *
     * @param remembered {@link Generation#current} from before the entry, and all that led to it, was read
     */
    public void put(long key, long word, long remembered) {
        int set = set(key);
        long sequence = tryLock(set);
        if ((sequence & 1) != 0) {
            return;
        }
        // Inside the lock: an invalidation that begins after this look waits for the lock and finds the entry.
        if (generation.admits(remembered)) {
            int at = place(set, key, sequence);
            entries[at] = key;
            entries[at + 1] = word;
        }
        LONGS.setRelease(sequences, set, sequence + 2);
    }

    /** Caches an entry of any number of words, from the start of an array; else as the other {@code put}. */
    public void put(long key, long[] from, long remembered) {
        int set = set(key);
        long sequence = tryLock(set);
        if ((sequence & 1) != 0) {
            return;
        }
        if (generation.admits(remembered)) {
            int at = place(set, key, sequence);
            entries[at] = key;
            System.arraycopy(from, 0, entries, at + 1, words);
        }
        LONGS.setRelease(sequences, set, sequence + 2);
    }

    /** Removes the entry of one key, if it is there. */
    public void remove(long key) {
        int set = set(key);
        long sequence = (long) LONGS.getVolatile(sequences, set);
        int at = find(set, key);
        if (at < 0 && unchanged(set, sequence)) {
            return;
        }
        removeFrom(set, key, key);
    }

    /** Removes every entry whose key lies from {@code first} to {@code last}, inclusive, as signed numbers. */
    public void removeBetween(long first, long last) {
        for (int set = 0; set < sets; set++) {
            removeFrom(set, first, last);
        }
    }

    /**
     * Removes every entry whose key and last data word have the given values under the given masks.
     */
    public void removeMatching(long keyMask, long key, long wordMask, long word) {
        for (int set = 0; set < sets; set++) {
            long sequence = (long) LONGS.getVolatile(sequences, set);
            if (matches(set, keyMask, key, wordMask, word, false) || !unchanged(set, sequence)) {
                long locked = lock(set);
                matches(set, keyMask, key, wordMask, word, true);
                LONGS.setRelease(sequences, set, locked + 2);
            }
        }
    }

    /** Removes everything. */
    public void clear() {
        for (int set = 0; set < sets; set++) {
            long sequence = lock(set);
            Arrays.fill(entries, set * setLength, (set + 1) * setLength, FREE);
            LONGS.setRelease(sequences, set, sequence + 2);
        }
    }

    /** Whether a set has a matching entry; frees those it has, if asked to. */
    private boolean matches(int set, long keyMask, long key, long wordMask, long word, boolean free) {
        boolean found = false;
        for (int at = set * setLength, end = at + setLength; at < end; at += stride) {
            if ((entries[at] & keyMask) == key && (entries[at + words] & wordMask) == word) {
                found = true;
                if (free) {
                    entries[at] = FREE;
                }
            }
        }
        return found;
    }

    private void removeFrom(int set, long first, long last) {
        long sequence = lock(set);
        for (int at = set * setLength, end = at + setLength; at < end; at += stride) {
            if (entries[at] >= first && entries[at] <= last) {
                entries[at] = FREE;
            }
        }
        LONGS.setRelease(sequences, set, sequence + 2);
    }

    private int find(int set, long key) {
        int at = set * setLength;
        for (int end = at + setLength; at < end; at += stride) {
            if (entries[at] == key) {
                return at;
            }
        }
        return -1;
    }

    private int place(int set, long key, long sequence) {
        int at = find(set, key);
        if (at < 0) {
            at = find(set, FREE);
        }
        if (at >= 0) {
            return at;
        }
        long hash = (seed + set * GOLDEN ^ sequence) * GOLDEN;
        return set * setLength + (int) ((hash >>> 33) % ways) * stride;
    }

    private boolean unchanged(int set, long sequence) {
        VarHandle.acquireFence();
        return (sequence & 1) == 0 && (long) LONGS.getOpaque(sequences, set) == sequence;
    }

    /** @return the set's sequence before it was locked, or an odd number if somebody else has it */
    private long tryLock(int set) {
        long sequence = (long) LONGS.getAcquire(sequences, set);
        return (sequence & 1) == 0 && LONGS.compareAndSet(sequences, set, sequence, sequence + 1) ? sequence : 1;
    }

    private long lock(int set) {
        while (true) {
            long sequence = (long) LONGS.getVolatile(sequences, set);
            if ((sequence & 1) == 0 && LONGS.compareAndSet(sequences, set, sequence, sequence + 1)) {
                return sequence;
            }
            Thread.onSpinWait();
        }
    }

    private int set(long key) {
        return (int) (key * GOLDEN >>> 40) & sets - 1;
    }
}
