package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;

/**
 * One device thread's counters, padded so that they share no cache line. Written by that thread, read by any. Numbers
 * of counters are constants of the unit's own subclass.
 */
public abstract class ThreadCounts {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PAD = 16;

    private final String[] names;
    private final long[] counts;

    /** @param names by number, for example {@code iotlb.hits}; not changed afterwards */
    protected ThreadCounts(String[] names) {
        this.names = names;
        this.counts = new long[2 * PAD + names.length];
    }

    /** Counts one. */
    public final void add(int counter) {
        counts[PAD + counter]++;
    }

    /** Counts some. */
    public final void add(int counter, int times) {
        counts[PAD + counter] += times;
    }

    /** Adds these to what is there under {@code unit.name}. */
    public final void addTo(String unit, Map<String, Long> into) {
        for (int i = 0; i < names.length; i++) {
            into.merge(unit + "." + names[i], (long) LONGS.getOpaque(counts, PAD + i), Long::sum);
        }
    }
}
