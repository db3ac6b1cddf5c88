package org.iommu4j.core.handover;

/** A machine's life-cycle thread: runs one thing at a time, in order, at once or later. */
public interface Life {
    /** Runs it after what was given before. @return false, and it will not run, once the machine has gone */
    boolean execute(Runnable task);

    /** Runs it when the time has passed. @return cancels it, if it has not begun */
    Runnable after(long nanos, Runnable task);
}
