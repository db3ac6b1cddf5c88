package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** COMPLETION_WAIT is complete only when no transaction can use what was removed: AMD 48882 section 2.4.1. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DrainTest {
    private static final int LOOKS = 20_000;
    private static final int MOVES = 5_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int DEVICES = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    private static final long RIGHTS = 0x6000_0000_0000_0000L;
    private static final long DOMAIN = AmdBench.PAGES | 5L << 32;

    private static AmdBench bench() {
        AmdBench bench = AmdBench.host();
        bench.map(0x5000, RIGHTS | 0x12_3001);
        return bench;
    }

    /** Runs software's part on a thread of its own and lets it go as far as its invalidation. */
    private static Thread software(AmdBench bench, Runnable action, String counter) {
        Thread thread = new Thread(action);
        thread.start();
        while (bench.counter(counter) == 0) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private static void open(AmdBench bench) {
        bench.requester.enter();
        assertEquals(0x12_3000,
                bench.requester.translate(AmdBench.RID, Requester.NO_PASID, 0x5000, Protection.WRITE));
    }

    @Test
    void aWaitDoesNotCompleteWhileAnIntervalThatUsedTheEntryIsOpen() throws InterruptedException {
        long[][] invalidations = {{DOMAIN, 0x5000}, {AmdBench.DEVICE | AmdBench.RID, 0}, {AmdBench.ALL, 0}};
        String[] counters = {"pages.invalidations.host", "devices.invalidations", "all.invalidations"};
        for (int i = 0; i < counters.length; i++) {
            long[] command = invalidations[i];
            try (AmdBench bench = bench()) {
                open(bench);
                bench.map(0x5000, 0);
                Thread software = software(bench,
                        () -> bench.submit(command[0], command[1], AmdBench.WAIT, 1), counters[i]);
                for (int look = 0; look < LOOKS; look++) {
                    assertEquals(0, bench.memory.loadAcquire64(AmdBench.STORE));
                    assertTrue(software.isAlive());
                    Thread.yield();
                }
                bench.requester.exit();
                software.join();
                assertEquals(1, bench.memory.loadAcquire64(AmdBench.STORE));
            }
        }
    }

    @Test
    void otherDevicesGoOnAndFaultWhileAWaitIsHeld() throws InterruptedException {
        try (AmdBench bench = bench()) {
            open(bench);
            Thread software = software(bench, () -> bench.submit(DOMAIN, 0x5000, AmdBench.WAIT, 1),
                    "pages.invalidations.host");
            Requester other = bench.model.requester();
            other.enter();
            assertEquals(Requester.ABORT,
                    other.translate(AmdBench.RID, Requester.NO_PASID, 0x9000, Protection.READ));
            other.exit();
            assertEquals(0x9000, bench.event()[1]);
            assertEquals(0x20, bench.registers.read64(AmdBench.COMMAND_TAIL), "registers can be read");
            assertEquals(0x10, bench.registers.read64(AmdBench.COMMAND_HEAD));
            bench.requester.exit();
            software.join();
        }
    }

    @Test
    void translationIsSwitchedOnlyBetweenIntervals() throws InterruptedException {
        try (AmdBench bench = bench()) {
            open(bench);
            AtomicBoolean done = new AtomicBoolean();
            Thread software = new Thread(() -> {
                bench.registers.write64(AmdBench.CONTROL, 0);
                done.set(true);
            });
            software.start();
            for (int i = 0; i < LOOKS; i++) {
                assertEquals(false, done.get());
                Thread.yield();
            }
            bench.requester.exit();
            software.join();
        }
    }

    /** A page moves between two frames; the one that it has left is poisoned after the wait. */
    @Test
    void noAccessReachesAFrameAfterItsWaitHasCompleted() throws InterruptedException {
        long poison = -1;
        try (AmdBench bench = bench()) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong late = new AtomicLong();
            Thread[] devices = new Thread[DEVICES];
            for (int i = 0; i < devices.length; i++) {
                Requester device = bench.model.requester();
                devices[i] = new Thread(() -> {
                    while (!stop.get()) {
                        device.enter();
                        long pa = device.translate(AmdBench.RID, Requester.NO_PASID, 0x5000, Protection.READ);
                        late.addAndGet(bench.memory.loadAcquire64(pa) == poison ? 1 : 0);
                        device.exit();
                    }
                });
                devices[i].start();
            }
            for (int i = 0; i < MOVES; i++) {
                long from = 0x12_3000L + ((i & 1) << 12);
                long to = 0x12_3000L + ((i + 1 & 1) << 12);
                bench.memory.storeRelease64(to, i);
                bench.map(0x5000, RIGHTS | to | 1);
                bench.submit(DOMAIN, 0x5000, AmdBench.WAIT, i);
                bench.memory.storeRelease64(from, poison);
            }
            stop.set(true);
            for (Thread device : devices) {
                device.join();
            }
            assertEquals(0, late.get());
        }
    }
}
