package org.iommu4j.tck.stage;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.iommu4j.tck.kit.Broken;

/** A device that reads one address again and again on a thread of its own; it is its scene's only user meanwhile. */
public final class Traffic implements AutoCloseable {
    private static final int MORE = 5;

    private final AtomicLong reads = new AtomicLong();
    private final Scene scene;
    private final long iova;
    private final int[] allowed;
    private final Thread thread;
    private volatile boolean ends;
    private volatile RuntimeException wrong;

    /** Returns when the first read has come back. @param allowed what each read must bring, one of them */
    public Traffic(Scene scene, long iova, int... allowed) {
        this.scene = scene;
        this.iova = iova;
        this.allowed = allowed.clone();
        this.thread = new Thread(this::read, "iommu4j-tck-traffic");
        thread.setDaemon(true);
        thread.start();
        goOn();
    }

    /** Waits until it has read some more. @throws Broken as {@link #close} */
    public void goOn() {
        long before = reads.get();
        Patience.until("a device goes on reading", () -> wrong != null || reads.get() >= before + MORE);
        check();
    }

    private void read() {
        try {
            while (!ends) {
                int got = scene.read(iova);
                Broken.unless(IntStream.of(allowed).anyMatch(each -> each == got),
                        String.format("%s reads at %#x meanwhile", scene.mover().device().address(), iova),
                        hex(allowed), hex(new int[] {got}));
                reads.incrementAndGet();
            }
        } catch (RuntimeException e) {
            wrong = e;
        }
    }

    /** Ends it. @throws Broken if a read was refused or brought something else */
    @Override
    public void close() {
        ends = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Broken("a device's traffic", "an end", "an interrupt");
        }
        check();
    }

    private void check() {
        if (wrong != null) {
            throw wrong;
        }
    }

    private static String hex(int[] values) {
        return Arrays.stream(values).mapToObj(value -> String.format("%#x", value)).toList().toString();
    }
}
