package org.iommu4j.tck.stage;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.iommu4j.tck.kit.Broken;

/** Waits for what hardware or another thread is about to bring about, within a bound. */
public final class Patience {
    private static final long BOUND_NANOS = 5_000_000_000L;
    private static final int SPINS = 200;
    private static final long PAUSE_NANOS = 50_000;

    private Patience() {
    }

    /** @throws Broken if it does not hold within 5 seconds */
    public static void until(String what, BooleanSupplier condition) {
        Broken.unless(holds(condition, BOUND_NANOS), what, "within 5 s", "not within 5 s");
    }

    /** Waits at most so long. @return whether it holds */
    public static boolean holds(BooleanSupplier condition, long boundNanos) {
        long began = System.nanoTime();
        for (int look = 0; !condition.getAsBoolean(); look++) {
            if (System.nanoTime() - began > boundNanos) {
                return false;
            }
            if (look < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        return true;
    }
}
