package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts the invalidations of a unit, so that a fill can tell whether one came while it read memory. Alone on its
 * cache lines, because every transaction reads it. Any thread.
 */
public final class Generation {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int AT = 16;

    private final long[] count = new long[2 * AT];

    /** The count now; what is read from memory afterwards is not older than it. */
    public long current() {
        return (long) LONGS.getAcquire(count, AT);
    }

    /** Full-fence form of {@link #current}, for the last look before a fill is published. */
    public boolean is(long remembered) {
        return (long) LONGS.getVolatile(count, AT) == remembered;
    }

    /** Begins an invalidation: every fill that remembers an older count is dropped from now on. */
    public void advance() {
        LONGS.getAndAdd(count, AT, 1L);
    }
}
