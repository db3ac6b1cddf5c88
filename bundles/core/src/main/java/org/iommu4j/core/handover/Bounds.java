package org.iommu4j.core.handover;

import java.util.concurrent.TimeUnit;

/**
 * How long things may take at most, in nanoseconds.
 *
 * @param drainNanos until the callers inside the gate are out
 * @param stepNanos for one life-cycle call into a driver: probe, attach, adopt, leave, stop
 * @param unbindNanos for all that is done while a driver's service is taken away; below the lock time-out of 5 s of
 * the service component runtime
 * @param absentNanos without a driver until calls fail
 * @param blockNanos without a driver until DMA is stopped; not below {@code absentNanos}
 * @param bindNanos from the start of a successor's bundle until its driver is there
 */
public record Bounds(long drainNanos, long stepNanos, long unbindNanos, long absentNanos, long blockNanos,
        long bindNanos) {

    /** Two seconds for most, four to unbind, ten until DMA is stopped. */
    public static Bounds usual() {
        return ofMillis(2000, 2000, 4000, 2000, 10_000, 5000);
    }

    /** The same in milliseconds. */
    public static Bounds ofMillis(long drain, long step, long unbind, long absent, long block, long bind) {
        return new Bounds(nanos(drain), nanos(step), nanos(unbind), nanos(absent), nanos(block), nanos(bind));
    }

    /** How long a caller waits at the closed gate if nothing else ends the wait. */
    public long patienceNanos() {
        return absentNanos + drainNanos + stepNanos;
    }

    private static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
