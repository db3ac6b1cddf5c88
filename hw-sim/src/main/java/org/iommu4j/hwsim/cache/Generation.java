package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts the invalidations of a unit, so that who reads tables and caches can tell whether one came meanwhile, or was
 * under way already. Alone on its cache lines, because every transaction reads it. Any thread.
 * <pre>
 *   63              16 15               0
 *  +------------------+------------------+
 *  |      begun       |    under way     |      never the same again once it has changed
 *  +------------------+------------------+
 * </pre>
 */
public final class Generation {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int AT = 16;
    private static final long BEGIN = (1L << 16) + 1;
    private static final long UNDER_WAY = (1L << 16) - 1;

    private final long[] count = new long[2 * AT];

    /** The generation now; while it stays, what was looked up since is no older than it. */
    public long current() {
        return (long) LONGS.getAcquire(count, AT);
    }

    /**
     * The last look before a fill is published: true if no invalidation has begun since, and none was under way then.
     * One that is under way may still have left an old pointer where this fill has found it.
     */
    public boolean admits(long remembered) {
        return isQuiet(remembered) && (long) LONGS.getVolatile(count, AT) == remembered;
    }

    /**
     * True if no invalidation was under way. What was found while one was must not be used in another interval: that
     * one may begin after the invalidation's drain, and end after its end.
     */
    public static boolean isQuiet(long generation) {
        return (generation & UNDER_WAY) == 0;
    }

    /** Begins an invalidation, before anything is removed. */
    public void begin() {
        LONGS.getAndAdd(count, AT, BEGIN);
    }

    /** Ends it, when everything has been removed. */
    public void end() {
        LONGS.getAndAdd(count, AT, -1L);
    }
}
