package org.iommu4j.system.amd;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.iommu4j.system.rig.Condition;

/** All devices read and write all pages that are known to be mapped, until closed. */
final class Traffic implements AutoCloseable {
    private final TwoUnits machine;
    private final List<Long> known = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicReference<String> bad = new AtomicReference<>();
    private volatile boolean over;

    /** @param first a page that is mapped */
    Traffic(TwoUnits machine, long first) {
        this.machine = machine;
        known.add(first);
        for (int device = 0; device < TwoUnits.DEVICES.size(); device++) {
            int number = device;
            threads.add(new Thread(() -> run(number), "traffic-" + device));
        }
        threads.forEach(Thread::start);
    }

    /** A call has returned that mapped a page: from now on its DMA must not fail. */
    void know(long iova) {
        known.add(iova);
    }

    private void run(int device) {
        try {
            for (long round = 1; !over; round++) {
                for (long iova : known) {
                    OptionalLong read = machine.read(device, iova);
                    if (!read.equals(OptionalLong.of(TwoUnits.tag(iova)))) {
                        tell(device, "read of", iova, read.toString());
                    }
                    if (!machine.write(device, iova + (device + 1L) * Long.BYTES, round)) {
                        tell(device, "write of", iova, "aborted");
                    }
                }
                rounds.incrementAndGet();
            }
        } catch (RuntimeException | Error e) {
            bad.compareAndSet(null, e.toString());
        }
    }

    private void tell(int device, String what, long iova, String outcome) {
        bad.compareAndSet(null, TwoUnits.DEVICES.get(device) + ": " + what + " " + Long.toHexString(iova) + ": "
                + outcome);
        over = true;
    }

    /** Returns when the devices have gone on for a while. */
    void awaitRounds(int count) {
        long until = rounds.get() + count;
        Condition.await("DMA", () -> over || rounds.get() >= until);
    }

    /** Ends. @throws AssertionError if a transfer was lost or wrong */
    @Override
    public void close() {
        over = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        if (bad.get() != null) {
            throw new AssertionError(bad.get());
        }
    }
}
