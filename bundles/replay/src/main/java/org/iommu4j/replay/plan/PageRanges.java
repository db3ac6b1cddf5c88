package org.iommu4j.replay.plan;

import java.util.Map;
import java.util.TreeMap;

/** A set of addresses as merged ranges, unsigned. Not thread-safe. */
final class PageRanges {

    private final TreeMap<Long, Long> lastByFirst = new TreeMap<>(Long::compareUnsigned);

    void add(long from, long to) {
        Map.Entry<Long, Long> there = lastByFirst.floorEntry(from);
        if (there != null && Long.compareUnsigned(to, there.getValue()) <= 0) {
            return;
        }
        long first = from;
        long last = to;
        if (there != null && (touches(there.getValue(), from))) {
            first = there.getKey();
        }
        Map.Entry<Long, Long> next = lastByFirst.higherEntry(from);
        while (next != null && touches(last, next.getKey())) {
            lastByFirst.remove(next.getKey());
            last = Long.compareUnsigned(last, next.getValue()) < 0 ? next.getValue() : last;
            next = lastByFirst.higherEntry(from);
        }
        lastByFirst.put(first, last);
    }

    /** Whether a range that begins at {@code first} overlaps, or follows at once, one that ends at {@code last}. */
    private static boolean touches(long last, long first) {
        return last == -1L || Long.compareUnsigned(first, last + 1) <= 0;
    }

    /** Pairs of first and last address, ascending. */
    long[] pairs() {
        long[] pairs = new long[lastByFirst.size() * 2];
        int i = 0;
        for (Map.Entry<Long, Long> range : lastByFirst.entrySet()) {
            pairs[i++] = range.getKey();
            pairs[i++] = range.getValue();
        }
        return pairs;
    }
}
