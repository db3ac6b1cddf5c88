package org.iommu4j.tck.stage;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.iommu4j.tck.kit.Broken;

/** Something that a device does again and again, on a thread of its own, until it is closed or goes wrong. */
public final class Repetition implements AutoCloseable {
    /** Two that begin after a moment: one may have begun before. */
    private static final int MORE = 3;

    private final AtomicLong done = new AtomicLong();
    private final Runnable work;
    private final Thread thread;
    private volatile boolean ends;
    private volatile RuntimeException wrong;

    /** @param work throws what is wrong */
    public Repetition(Runnable work) {
        this.work = work;
        this.thread = new Thread(this::repeat, "iommu4j-tck-device");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until it has been done some more times. @throws Broken as {@link #close} */
    public void goOn() {
        long before = done.get();
        until("a device to go on", () -> done.get() >= before + MORE);
    }

    /** Waits for something that it brings about. @throws Broken as {@link #close} */
    public void until(String what, BooleanSupplier condition) {
        Patience.until(what, () -> wrong != null || condition.getAsBoolean());
        check();
    }

    private void repeat() {
        try {
            while (!ends) {
                work.run();
                done.incrementAndGet();
            }
        } catch (RuntimeException e) {
            wrong = e;
        }
    }

    /** Ends it. @throws RuntimeException what the work threw */
    @Override
    public void close() {
        ends = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Broken("what a device does meanwhile", "an end", "an interrupt");
        }
        check();
    }

    private void check() {
        if (wrong != null) {
            throw wrong;
        }
    }
}
