package org.iommu4j.hwsim.smmuv3;

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

/** What CMD_SYNC waits for (Arm IHI 0070, 4.7.3), and how structures are fetched (3.21.3). */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DrainAndTearingTest {
    private static final int LOOKS = 5_000;
    private static final int MOVES = 3_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int SEEDS = 64;
    private static final long SID = (long) SmmuBench.SID << 32;
    private static final long STATUS = 0x7f_0000;

    @Test
    void aSyncDoesNotCompleteWhileAnIntervalThatUsedTheEntryIsOpen() throws InterruptedException {
        for (long command : new long[] {0x30, 0x03 | SID, 0x05 | SID}) {
            try (SmmuBench bench = new SmmuBench().first()) {
                bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
                bench.requester.enter();
                assertEquals(0x30_0000,
                        bench.requester.translate(SmmuBench.SID, Requester.NO_PASID, 0x5000, Protection.READ));
                Thread software = new Thread(() -> bench.submit(command, 0, 0x1046 | 1L << 32, STATUS));
                software.start();
                while (bench.registers.read32(0x9c) == 0) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < LOOKS; i++) {
                    assertEquals(0, bench.memory.loadAcquire32(STATUS));
                    assertTrue(software.isAlive());
                    Thread.yield();
                }
                bench.requester.exit();
                software.join();
                assertEquals(1, bench.memory.loadAcquire32(STATUS));
            }
        }
    }

    @Test
    void translationIsSwitchedOffOnlyBetweenIntervals() throws InterruptedException {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.requester.enter();
            Thread software = new Thread(() -> bench.registers.write32(0x20, 0xc));
            software.start();
            while (bench.registers.read32(0x20) != 0xc) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < LOOKS; i++) {
                assertEquals(0xd, bench.registers.read32(0x24), "CR0ACK");
                Thread.yield();
            }
            bench.requester.exit();
            software.join();
            assertEquals(0xc, bench.registers.read32(0x24));
        }
    }

    /** A page moves between two frames; the one that it has left is poisoned after the sync. */
    @Test
    void noAccessReachesAFrameAfterItsSyncHasCompleted() throws InterruptedException {
        long poison = -1;
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicLong late = new AtomicLong();
            Requester device = bench.model.requester();
            Thread thread = new Thread(() -> {
                while (!stop.get()) {
                    device.enter();
                    long pa = device.translate(SmmuBench.SID, Requester.NO_PASID, 0x5000, Protection.READ);
                    late.addAndGet(bench.memory.loadAcquire64(pa) == poison ? 1 : 0);
                    device.exit();
                }
            });
            thread.start();
            for (int i = 0; i < MOVES; i++) {
                long from = 0x30_0000L + ((i & 1) << 12);
                long to = 0x30_0000L + ((i + 1 & 1) << 12);
                bench.memory.storeRelease64(to, i);
                bench.map(0x5000, to | SmmuBench.PAGE);
                bench.sync(0x12 | 1L << 48, 0x5001);
                bench.memory.storeRelease64(from, poison);
            }
            stop.set(true);
            thread.join();
            assertEquals(0, late.get());
        }
    }

    /** From one valid second stage to a first stage, without a thought: some order of fetches sees half of each. */
    @Test
    void anEntryThatChangesBetweenTwoFetchesIsUsedMixed() {
        int mixed = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try (SmmuBench bench = new SmmuBench(SmmuBench.ids(), CacheSizes.DEFAULT, seed)) {
                bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 0, 0, 0);
                bench.context(0, SmmuBench.CD, SmmuBench.ROOT);
                bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
                bench.mapSecond(0x5000, 3, 0x31_0000 | SmmuBench.S2_PAGE);
                bench.start();
                AtomicBoolean once = new AtomicBoolean();
                bench.model.preemptBetweenFetches(() -> {
                    if (once.compareAndSet(false, true)) {
                        bench.stream(SmmuBench.SID, SmmuBench.STE_SECOND, 0, SmmuBench.STE_2, SmmuBench.STAGE_2);
                    }
                });
                long pa = bench.read(0x5000);
                assertTrue(pa == 0x30_0000 || pa == 0x31_0000 || pa == Requester.ABORT, "seed " + seed);
                mixed += pa == Requester.ABORT ? 1 : 0;
            }
        }
        assertTrue(mixed > 0 && mixed < SEEDS, mixed + " of " + SEEDS);
    }

    @Test
    void whatAnInvalidationOvertookIsNotCached() {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            AtomicBoolean once = new AtomicBoolean();
            bench.model.preemptBetweenFetches(() -> {
                if (once.compareAndSet(false, true)) {
                    bench.stream(SmmuBench.SID, 1);
                    bench.submit(0x03 | SID, 1);
                }
            });
            bench.read(0x5000);
            bench.model.preemptBetweenFetches(null);
            assertEquals(Requester.ABORT, bench.read(0x5000));
            assertFalse(once.compareAndSet(false, true));
        }
    }
}
