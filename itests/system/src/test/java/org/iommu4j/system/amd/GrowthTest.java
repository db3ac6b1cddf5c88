package org.iommu4j.system.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.system.doubles.Interrupted;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tables grow from 3 to 6 levels while devices of two units, one of them by an alias, do DMA through them. */
class GrowthTest {
    private static final int ROUNDS = 8 * Integer.getInteger("iommu4j.scale", 1);
    private static final long LOW = 0x4000_0000L;
    private static final long BELOW = 0x5000_0000L;
    private static final long BELOW_LENGTH = 1 << 21;
    private static final long BELOW_FRAMES = 0x1_2000_0000L;
    private static final int SOME = 3;

    static Stream<Caches> caches() {
        return Stream.of(Caches.ONE_ENTRY, Caches.FEW_ENTRIES, Caches.LARGE);
    }

    @ParameterizedTest
    @MethodSource("caches")
    void nothingIsLostWhileATableGrowsLevelByLevel(Caches caches) throws Exception {
        try (TwoUnits machine = interrupted(caches)) {
            for (int round = 0; round < ROUNDS; round++) {
                machine.renew();
                grow(machine);
            }
        }
    }

    private static void grow(TwoUnits machine) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (Traffic traffic = new Traffic(machine, machine.map(LOW))) {
            Future<Integer> beside = pool.submit(() -> mapAndUnmapBelow(machine, over));
            for (int step = 0; step < TwoUnits.LIMITS.length; step++) {
                traffic.awaitRounds(SOME);
                long limit = TwoUnits.LIMITS[step];
                machine.map(limit - TwoUnits.PAGE, 2); // one call, both sides of the limit
                machine.assertReached(limit);
                machine.assertReached(limit - TwoUnits.PAGE);
                assertEquals(List.of(4 + step, 4 + step, 4 + step, 4 + step), machine.levels());
                traffic.know(limit);
                traffic.know(limit - TwoUnits.PAGE);
            }
            traffic.awaitRounds(SOME);
            over.set(true);
            assertTrue(beside.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS) > 0);
            machine.assertReached(LOW);
        } finally {
            over.set(true);
            pool.shutdown();
        }
    }

    /** What goes on below the limit does not mind a growth. */
    private static int mapAndUnmapBelow(TwoUnits machine, AtomicBoolean over) {
        Rig rig = machine.rig();
        int count = 0;
        do {
            rig.domains().map(machine.domain(), BELOW, BELOW_FRAMES, BELOW_LENGTH, Rig.RW);
            assertEquals(BELOW_FRAMES + 8, rig.domains().translate(machine.domain(), BELOW + 8));
            assertTrue(machine.read(0, BELOW).isPresent(), "read below");
            assertEquals(BELOW_LENGTH, rig.domains().unmap(machine.domain(), BELOW, BELOW_LENGTH));
            assertTrue(machine.read(0, BELOW).isEmpty(), "read of what is unmapped below");
            count++;
        } while (!over.get());
        return count;
    }

    @ParameterizedTest
    @MethodSource("caches")
    void twoGrowthsAtOnceGiveOneTable(Caches caches) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (TwoUnits machine = interrupted(caches)) {
            for (int round = 0; round < ROUNDS; round++) {
                machine.renew();
                CyclicBarrier start = new CyclicBarrier(2);
                long last = TwoUnits.LIMITS[round % TwoUnits.LIMITS.length];
                try (Traffic traffic = new Traffic(machine, machine.map(LOW))) {
                    traffic.awaitRounds(1);
                    Future<?> one = pool.submit(mapping(machine, traffic, TwoUnits.LIMITS[0] + BELOW, start));
                    Future<?> other = pool.submit(mapping(machine, traffic, last, start));
                    one.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS);
                    other.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS);
                    traffic.awaitRounds(SOME);
                }
                machine.assertReached(last);
                machine.assertReached(TwoUnits.LIMITS[0] + BELOW);
            }
        } finally {
            pool.shutdown();
        }
    }

    private static Callable<Void> mapping(TwoUnits machine, Traffic traffic, long iova, CyclicBarrier start) {
        return () -> {
            start.await();
            machine.map(iova);
            traffic.know(iova);
            return null;
        };
    }

    /** Between two of a driver's steps, transfers go on. */
    private static TwoUnits interrupted(Caches caches) {
        return new TwoUnits(caches, Interrupted.driver(new AmdDriver(), Thread::yield));
    }
}
