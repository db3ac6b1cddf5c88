package org.iommu4j.system.rig;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread is about to bring about, within a generous bound. */
public final class Condition {
    private static final long LOOK_AGAIN_NANOS = 20_000;

    private Condition() {
    }

    /** @throws AssertionError if it does not hold within the bound */
    public static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Rig.BOUND_NANOS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("in vain: " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }
}
