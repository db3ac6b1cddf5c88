package org.iommu4j.core.dma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.FlushReport;
import org.junit.jupiter.api.Test;

/** The table refuses to map a page that a device can still reach; so each address that is free too early is found. */
class LazyStressTest {
    private static final long PAGE = TableOfPages.PAGE;

    @Test
    void noAddressIsUsedAgainBeforeItsInvalidation() throws InterruptedException {
        long seed = Long.getLong("iommu4j.seed", 5L);
        int steps = 10_000 * Integer.getInteger("iommu4j.scale", 1);
        try (Rig rig = new Rig()) {
            rig.table.type = DomainType.DMA_FQ;
            Queue<long[]> shared = new ConcurrentLinkedQueue<>();
            Queue<String> wrong = new ConcurrentLinkedQueue<>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Random random = new Random(seed + t);
                threads.add(new Thread(() -> {
                    try {
                        play(rig, shared, random, steps);
                    } catch (RuntimeException | AssertionError e) {
                        wrong.add("seed " + seed + ": " + e);
                    }
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(List.of(), List.copyOf(wrong));
            shared.forEach(mapped -> rig.ops.unmap(rig.device, mapped[0], mapped[1]));
            assertEquals(0, rig.ops.inUse(rig.group));
            assertEquals(Map.of(), rig.table.pages);
            assertEquals(Set.of(), rig.table.stale);
            FlushReport report = rig.ops.report(rig.group);
            assertTrue(report.onFullRing() > 0 && report.onDemand() > 0, "it was " + report);
            assertTrue(report.queued() > 10L * (report.onFullRing() + report.onDemand()), "it was " + report);
        }
    }

    private static void play(Rig rig, Queue<long[]> shared, Random random, int steps) {
        for (int step = 0; step < steps; step++) {
            if (random.nextInt(1000) == 0) {
                rig.ops.flush(rig.group);
            } else if (random.nextBoolean()) {
                long length = 1 + random.nextInt((int) PAGE * 4);
                shared.add(new long[] {
                    rig.ops.map(rig.device, random.nextInt(1 << 20), length, DmaDirection.TO_DEVICE), length
                });
            } else {
                long[] mapped = shared.poll();
                if (mapped != null) {
                    rig.ops.unmap(rig.device, mapped[0], mapped[1]);
                }
            }
        }
    }
}
