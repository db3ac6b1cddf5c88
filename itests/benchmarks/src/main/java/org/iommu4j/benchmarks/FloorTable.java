package org.iommu4j.benchmarks;

import org.openjdk.jmh.annotations.CompilerControl;

/**
 * A four-level table in one array: what is left of a page table if nothing is checked, shared or exchanged. Its methods
 * are calls, as those of a domain are: inlined into a loop over pages, all but the last load would leave the loop.
 */
final class FloorTable {
    static final int INDEX_LG2 = 9;
    private static final int ENTRIES = 1 << INDEX_LG2;
    private static final int TOP = 3;
    private static final long PRESENT = 3;

    private final long[] words;
    private int used = ENTRIES;

    FloorTable(int tables) {
        words = new long[tables << INDEX_LG2];
    }

    /** Index of the leaf of a page, given by number; links what is missing. */
    int reach(long page) {
        int table = 0;
        for (int level = TOP; level > 0; level--) {
            int at = table + index(page, level);
            if (words[at] == 0) {
                words[at] = (long) used << 12 | PRESENT;
                used += ENTRIES;
            }
            table = (int) (words[at] >>> 12);
        }
        return table + index(page, 0);
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    void store(long page, long entry) {
        words[find(page)] = entry;
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    long load(long page) {
        return words[find(page)];
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    void fill(long page, int count, long entry) {
        int at = find(page);
        for (int i = 0; i < count; i++) {
            words[at + i] = entry + ((long) i << 12);
        }
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    void clear(long page, int count) {
        int at = find(page);
        for (int i = 0; i < count; i++) {
            words[at + i] = 0;
        }
    }

    private int find(long page) {
        int table = 0;
        for (int level = TOP; level > 0; level--) {
            table = (int) (words[table + index(page, level)] >>> 12);
        }
        return table + index(page, 0);
    }

    private static int index(long page, int level) {
        return (int) (page >>> level * INDEX_LG2) & ENTRIES - 1;
    }
}
