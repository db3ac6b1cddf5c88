package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wait is complete only when no transaction can use what was removed: VT-d specification 6.5.4. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DrainTest {
    private static final int LOOKS = 20_000;
    private static final int MOVES = 5_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int DEVICES = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    private static final long WAIT = 0x25 | 1L << 32;

    private static VtdBench bench() {
        VtdBench bench = VtdBench.legacy().startLegacy(0x20_0001L, 0x502);
        bench.map(0x5000, 0x30_0003L);
        return bench;
    }

    /** Runs software's part on a thread of its own and lets it go as far as its invalidation. */
    private static Thread software(VtdBench bench, Runnable action, String counter) {
        Thread thread = new Thread(action);
        thread.start();
        while (bench.counter(counter) == 0) {
            Thread.onSpinWait();
        }
        return thread;
    }

    private static void open(VtdBench bench) {
        bench.requester.enter();
        assertEquals(0x30_0000L,
                bench.requester.translate(VtdBench.RID, Requester.NO_PASID, 0x5000, Protection.WRITE));
    }

    private static void staysIncomplete(VtdBench bench, Thread software) {
        for (int i = 0; i < LOOKS; i++) {
            assertEquals(0, bench.memory.loadAcquire32(VtdBench.STATUS));
            assertTrue(software.isAlive());
            Thread.yield();
        }
    }

    @Test
    void aWaitDoesNotCompleteWhileAnIntervalThatUsedTheEntryIsOpen() throws InterruptedException {
        try (VtdBench bench = bench()) {
            open(bench);
            bench.map(0x5000, 0);
            Thread software = software(bench,
                    () -> bench.submit(0xf2 | 5 << 16, 0x5040, WAIT, VtdBench.STATUS), "iotlb.invalidations.page");
            staysIncomplete(bench, software);
            bench.memory.store64(0x30_0000, 42);
            bench.requester.exit();
            software.join();
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
            assertEquals(Requester.ABORT, bench.write(0x5000));
        }
    }

    @Test
    void contextInvalidationsDrainToo() throws InterruptedException {
        try (VtdBench bench = bench()) {
            open(bench);
            Thread software = software(bench, () -> bench.submit(0x11, 0, WAIT, VtdBench.STATUS),
                    "context.invalidations.global");
            staysIncomplete(bench, software);
            bench.requester.exit();
            software.join();
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
        }
    }

    @Test
    void aRegisterCommandWithDrainBitsWaitsToo() throws InterruptedException {
        try (VtdBench bench = bench()) {
            bench.command(0, VtdBench.QIE);
            open(bench);
            Thread software = software(bench, () -> bench.registers.write64(0xf8, 0x9003_0000_0000_0000L),
                    "iotlb.invalidations.global");
            staysIncomplete(bench, software);
            bench.requester.exit();
            software.join();
            assertEquals(0x1203_0000_0000_0000L, bench.registers.read64(0xf8));
        }
    }

    @Test
    void otherDevicesGoOnAndFaultWhileAWaitIsHeld() throws InterruptedException {
        try (VtdBench bench = bench()) {
            open(bench);
            Thread software = software(bench,
                    () -> bench.submit(0xf2 | 5 << 16, 0x5000, WAIT, VtdBench.STATUS), "iotlb.invalidations.page");
            Requester other = bench.model.requester();
            other.enter();
            assertEquals(Requester.ABORT, other.translate(0x18, Requester.NO_PASID, 0x5000, Protection.READ));
            other.exit();
            assertEquals(0x02, bench.fault());
            assertEquals(0, bench.registers.read64(VtdBench.IQT) - 32, "registers can be read");
            bench.requester.exit();
            software.join();
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
        }
    }

    @Test
    void withoutDrainBitsAUnitOfMajorVersionOneDoesNotWait() {
        try (VtdBench bench = bench()) {
            open(bench);
            bench.submit(0x32 | 5 << 16, 0x5000, WAIT, VtdBench.STATUS);
            assertEquals(1, bench.memory.loadAcquire32(VtdBench.STATUS));
            bench.requester.exit();
        }
    }

    @Test
    void translationIsSwitchedOnlyBetweenIntervals() throws InterruptedException {
        try (VtdBench bench = bench()) {
            open(bench);
            Thread software = new Thread(() -> bench.registers.write32(VtdBench.GCMD, VtdBench.QIE));
            software.start();
            for (int i = 0; i < LOOKS; i++) {
                assertTrue(bench.registers.read32(VtdBench.GSTS) < 0, "TES");
                Thread.yield();
            }
            bench.requester.exit();
            software.join();
            assertFalse(bench.registers.read32(VtdBench.GSTS) < 0);
        }
    }

    /** A page moves between two frames; the one that it has left is poisoned after the wait. */
    @Test
    void noAccessReachesAFrameAfterItsWaitHasCompleted() throws InterruptedException {
        long poison = -1;
        try (VtdBench bench = bench()) {
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong late = new AtomicLong();
            Thread[] devices = new Thread[DEVICES];
            for (int i = 0; i < devices.length; i++) {
                Requester device = bench.model.requester();
                devices[i] = new Thread(() -> {
                    while (!stop.get()) {
                        device.enter();
                        long pa = device.translate(VtdBench.RID, Requester.NO_PASID, 0x5000, Protection.READ);
                        late.addAndGet(bench.memory.loadAcquire64(pa) == poison ? 1 : 0);
                        device.exit();
                    }
                });
                devices[i].start();
            }
            for (int i = 0; i < MOVES; i++) {
                long from = 0x30_0000L + ((i & 1) << 12);
                long to = 0x30_0000L + ((i + 1 & 1) << 12);
                bench.memory.storeRelease64(to, i);
                bench.map(0x5000, to | 3);
                bench.submit(0xf2 | 5 << 16, 0x5040, WAIT, VtdBench.STATUS);
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
