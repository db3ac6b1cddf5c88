package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.iommu4j.hwsim.machine.TestBench;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The stall model: Arm IHI 0070, 3.12.2, 4.7.1, 4.7.2. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StallTest {
    private static final long SID = (long) SmmuBench.SID << 32;

    private static SmmuBench bench() {
        SmmuBench bench = new SmmuBench().first();
        bench.context(0, SmmuBench.CD | 1L << 44, SmmuBench.ROOT);
        return bench;
    }

    /** A device thread's read. */
    private static CompletableFuture<Long> read(SmmuBench bench, long iova) {
        Requester device = bench.model.requester();
        return CompletableFuture.supplyAsync(() -> {
            device.enter();
            long pa = device.translate(SmmuBench.SID, Requester.NO_PASID, iova, Protection.READ);
            device.exit();
            return pa;
        }, task -> new Thread(task).start());
    }

    private static long[] await(SmmuBench bench) {
        long[][] found = new long[1][];
        TestBench.await("an event", () -> (found[0] = bench.event()) != null);
        return found[0];
    }

    @Test
    void aStalledTransactionIsRetriedOrAborted() throws Exception {
        try (SmmuBench bench = bench()) {
            CompletableFuture<Long> first = read(bench, 0x5000);
            long[] event = await(bench);
            assertEquals(SID | 0x10, event[0]);
            assertEquals(2L << 40 | 1L << 35 | 1L << 31, event[1] & ~0xffffL, "Stall");
            long tag = event[1] & 0xffff;
            bench.sync(0x30, 0);
            assertTrue(!first.isDone() && bench.idle(), "no CMD_SYNC waits for it");
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            bench.submit(0x1044 | SID, tag + 1, 0x1044 | SID + (1L << 32), tag);
            assertTrue(!first.isDone(), "another tag, another stream: no effect");
            bench.submit(0x1044 | SID, tag);
            assertEquals(0x30_0000L, first.get());
            CompletableFuture<Long> second = read(bench, 0x6000);
            bench.submit(0x2044 | SID, await(bench)[1] & 0xffff);
            assertEquals(Requester.ABORT, second.get());
        }
    }

    @Test
    void allStallsOfAStreamEndTogether() throws Exception {
        try (SmmuBench bench = bench()) {
            CompletableFuture<Long> first = read(bench, 0x5000);
            CompletableFuture<Long> second = read(bench, 0x6000);
            long tags = (await(bench)[1] & 0xffff) + (await(bench)[1] & 0xffff);
            assertEquals(1, tags, "0 and 1");
            bench.submit(0x45 | SID, 0);
            assertEquals(Requester.ABORT, first.get());
            assertEquals(Requester.ABORT, second.get());
        }
    }

    @Test
    void whatCannotBeRecordedOrTaggedIsTriedAgain() throws Exception {
        try (SmmuBench bench = bench()) {
            for (int i = 0; i < 8; i++) {
                bench.translate(0x18, Requester.NO_PASID, 0, Protection.READ);
            }
            CompletableFuture<Long> unrecorded = read(bench, 0x5000);
            TestBench.await("the fault", () -> bench.counter("faults") == 9);
            assertEquals(8, bench.registers.read32(0x100a8), "no overflow");
            for (int i = 0; i < 8; i++) {
                assertEquals(0x04, bench.fault());
            }
            CompletableFuture<?>[] more = {read(bench, 0x6000), read(bench, 0x7000), read(bench, 0x8000)};
            for (int i = 0; i < 4; i++) {
                assertEquals(0x10, (int) await(bench)[0] & 0xff);
            }
            CompletableFuture<Long> untagged = read(bench, 0x9000);
            TestBench.await("five faults more", () -> bench.counter("faults") >= 14);
            bench.submit(0x45 | SID, 0);
            assertEquals(Requester.ABORT, unrecorded.get());
            CompletableFuture.allOf(more).get();
            assertEquals(0x10, (int) await(bench)[0] & 0xff);
            bench.submit(0x45 | SID, 0);
            assertEquals(Requester.ABORT, untagged.get());
        }
    }

    @Test
    void translationOffAndPowerOffEndStalls() throws Exception {
        try (SmmuBench bench = bench()) {
            CompletableFuture<Long> first = read(bench, 0x5000);
            await(bench);
            bench.registers.write32(0x20, 0xc);
            assertEquals(Requester.ABORT, first.get());
            bench.registers.write32(0x20, 0xd);
            CompletableFuture<Long> second = read(bench, 0x5000);
            await(bench);
            bench.model.release();
            assertEquals(Requester.ABORT, second.get());
        }
    }
}
