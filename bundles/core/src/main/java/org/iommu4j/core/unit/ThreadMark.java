package org.iommu4j.core.unit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;

/** Keeps a mark off the cache line of whatever lies before it: two lines of 64 bytes, as processors fetch pairs. */
abstract class BeforeMark extends WeakReference<Thread> {
    /** Superclasses come first in memory; fields of one class may come in any order. */
    private long p0;
    private long p1;
    private long p2;
    private long p3;
    private long p4;
    private long p5;
    private long p6;
    private long p7;
    private long p8;
    private long p9;
    private long p10;
    private long p11;
    private long p12;
    private long p13;
    private long p14;
    private long p15;

    BeforeMark(Thread thread) {
        super(thread);
    }
}

/**
 * A thread's mark that it is inside a gate, written by that thread alone. A field, not an element of an array: two
 * dependent loads fewer before the fence, which waits for them.
 */
abstract class ThreadMark extends BeforeMark {
    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(ThreadMark.class, "inside", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private int inside;

    ThreadMark(Thread thread) {
        super(thread);
    }

    /** Comes before anything that this thread loads afterwards. */
    final void enter() {
        INSIDE.setVolatile(this, 1);
    }

    /** Comes after everything that this thread did before. */
    final void exit() {
        INSIDE.setRelease(this, 0);
    }

    final boolean isInside() {
        return (int) INSIDE.getAcquire(this) != 0;
    }

    final boolean isDead() {
        Thread thread = get();
        return thread == null || !thread.isAlive();
    }
}
