package org.iommu4j.hwsim.device;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A count that one thread writes and any thread reads. */
final class Counter {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Counter.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long value;

    /** By the writing thread. */
    void increment() {
        VALUE.setOpaque(this, value + 1);
    }

    long get() {
        return (long) VALUE.getOpaque(this);
    }
}
