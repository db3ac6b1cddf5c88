package org.iommu4j.system.invalidation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.system.doubles.Invalidations;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A device writes to one IOVA without a pause while software maps it to a frame, unmaps it, and uses the frame for
 * something else at once. Device threads are interrupted between translation and access.
 */
class ReuseStormTest {
    private static final int ROUNDS = 1000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int ROUNDS_UNTIL_CAUGHT = 100_000;
    private static final int FRAMES = 8;
    private static final long FIRST_FRAME = 0x1_4000_0000L;
    private static final long OWN = 0x0a_110_ca7edL;

    private final long seed = new Random().nextLong();
    private final AtomicLong transfers = new AtomicLong();
    private volatile boolean over;

    @ParameterizedTest
    @EnumSource
    void aFrameThatWasUnmappedIsNeverWritten(Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, seed >>> 33), mode.driver())) {
            assertEquals(-1, firstSpoiled(rig, ROUNDS), () -> "seed " + seed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDriverThatDoesNotWaitIsCaught(Mode mode) {
        IommuDriver hasty = Invalidations.of(mode).withoutWaiting();
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, seed >>> 33), hasty)) {
            assertNotEquals(-1, firstSpoiled(rig, ROUNDS_UNTIL_CAUGHT), () -> "seed " + seed);
        }
    }

    /** The round in which a frame was written that had been unmapped, or -1. */
    private int firstSpoiled(Rig rig, int rounds) {
        IommuGroup group = rig.group(Laws.DEVICE);
        Domain domain = rig.iommu().allocate(group);
        rig.iommu().replace(group, domain);
        rig.machine().preempt((rid, iova, pa) -> {
            if (pa > 0 && (iova ^ transfers.get()) % 3 == 0) {
                Thread.yield();
            }
        });
        List<Thread> writers = List.of(writer(rig.dma(Laws.DEVICE, 0), 0), writer(rig.dma(Laws.DEVICE, 1), 1));
        writers.forEach(Thread::start);
        try {
            return play(rig, domain, rounds);
        } finally {
            over = true;
            writers.forEach(ReuseStormTest::join);
        }
    }

    private int play(Rig rig, Domain domain, int rounds) {
        Random random = new Random(seed);
        long page = rig.page();
        List<Long> own = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            long frame = FIRST_FRAME + random.nextInt(FRAMES) * page;
            if (isSpoiled(rig.memory(), own)) {
                return round;
            }
            own.remove(frame);
            rig.domains().map(domain, Laws.IOVA, frame, page, Rig.RW);
            long before = transfers.get();
            Condition.await("a transfer", () -> transfers.get() > before + 2);
            assertEquals(page, rig.domains().unmap(domain, Laws.IOVA, page));
            rig.memory().storeRelease64(frame, OWN);
            rig.memory().storeRelease64(frame + Long.BYTES, OWN);
            own.add(frame);
        }
        return isSpoiled(rig.memory(), own) ? rounds : -1;
    }

    private static boolean isSpoiled(PhysicalMemory memory, List<Long> own) {
        return own.stream().anyMatch(frame -> memory.loadAcquire64(frame) != OWN
                || memory.loadAcquire64(frame + Long.BYTES) != OWN);
    }

    /** Writes its own word of the page; whether that is allowed just now is no matter. */
    private Thread writer(Dma dma, int word) {
        return new Thread(() -> {
            for (long value = 1; !over; value++) {
                dma.write(Laws.IOVA + (long) word * Long.BYTES, value);
                transfers.incrementAndGet();
            }
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }
}
