package org.iommu4j.driver.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A lock for a few stores: allocates nothing under contention, unlike those of the library. Not reentrant. */
public final class SpinLock {
    private static final VarHandle HELD;
    private static final int SPINS = 64;

    static {
        try {
            HELD = MethodHandles.lookup().findVarHandle(SpinLock.class, "held", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile boolean held;

    public void lock() {
        for (int spin = 0; held || !HELD.compareAndSet(this, false, true); spin++) {
            if (spin < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield(); // the holder may wait for this processor
            }
        }
    }

    public void unlock() {
        held = false;
    }
}
