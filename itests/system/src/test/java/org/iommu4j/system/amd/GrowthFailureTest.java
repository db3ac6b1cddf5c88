package org.iommu4j.system.amd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.system.doubles.FaultyUnit;
import org.iommu4j.system.doubles.Invalidations;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.system.rig.Vendor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.AssertionFailedError;

/** A growth that fails leaves the old table in force everywhere; one that skips a step is caught. */
class GrowthFailureTest {
    private static final long LOW = 0x4000_0000L;
    private static final long HIGH = TwoUnits.LIMITS[2];
    private static final int SOME = 3;
    private static final List<Integer> OLD = List.of(3, 3, 3, 3);
    private static final List<Integer> NEW = List.of(6, 6, 6, 6);
    private static final int MOST_FRAMES = 16;
    /** Processor time in which a map that does not wait has returned, which looks at all entries of a unit. */
    private static final long TOO_EARLY_NANOS = 300_000_000;

    private final FaultyUnit faulty = new FaultyUnit("ivhd1");

    @Test
    void withoutAFrameTheOldTopStays() {
        try (TwoUnits machine = new TwoUnits(Caches.LARGE, faulty.driver(new AmdDriver()))) {
            int tops = TwoUnits.LIMITS.length;
            try (Traffic traffic = new Traffic(machine, machine.map(LOW))) {
                int given = 0;
                while (given < MOST_FRAMES && !mapsWith(machine, given)) {
                    assertEquals(given < tops ? OLD : NEW, machine.levels(), given + " frames were left");
                    traffic.awaitRounds(SOME);
                    given++;
                }
                assertTrue(given >= tops, "the table grew without frames");
            }
            machine.assertReached(HIGH);
            machine.assertReached(LOW);
        }
    }

    private boolean mapsWith(TwoUnits machine, int frames) {
        faulty.frames(frames);
        try {
            machine.map(HIGH);
            return true;
        } catch (IommuException e) {
            assertEquals(Reason.NO_MEMORY, e.reason());
            assertNotMapped(machine);
            return false;
        } finally {
            faulty.moreFrames();
        }
    }

    @Test
    void aUnitThatRefusesTheChangeLeavesTheOldTopOnAll() {
        failsOnce(faulty::refuseOnce, Reason.IO);
    }

    @Test
    void aUnitThatDoesNotAnswerLeavesTheOldTopOnAll() {
        failsOnce(faulty::missOnce, Reason.TIMEOUT);
    }

    private void failsOnce(Runnable failure, Reason reason) {
        try (TwoUnits machine = new TwoUnits(Caches.LARGE, faulty.driver(new AmdDriver()))) {
            try (Traffic traffic = new Traffic(machine, machine.map(LOW))) {
                traffic.awaitRounds(SOME);
                failure.run();
                assertEquals(reason, assertThrows(IommuException.class, () -> machine.map(HIGH)).reason());
                assertEquals(OLD, machine.levels());
                assertNotMapped(machine);
                traffic.awaitRounds(SOME);
            }
            machine.map(HIGH);
            assertEquals(NEW, machine.levels());
            machine.assertReached(HIGH);
            machine.assertReached(LOW);
        }
    }

    private static void assertNotMapped(TwoUnits machine) {
        assertEquals(DomainOps.NOT_MAPPED, machine.rig().domains().translate(machine.domain(), HIGH));
        for (int device = 0; device < TwoUnits.DEVICES.size(); device++) {
            assertTrue(machine.read(device, HIGH).isEmpty(), "a read of what is not mapped");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void anEntryThatIsNotChangedIsCaught(int device) {
        try (TwoUnits machine = new TwoUnits(Caches.LARGE, faulty.driver(new AmdDriver()))) {
            growthIsInForceWhenMapReturns(machine, device); // with all of its steps
            machine.renew();
            long entry = machine.entry(device);
            faulty.lose(pa -> pa == entry);
            assertThrows(AssertionFailedError.class, () -> growthIsInForceWhenMapReturns(machine, device));
        }
    }

    @Test
    void entriesThatAreNotFlushedAreCaught() {
        IommuDriver forgetful = Invalidations.of(Vendor.AMDVI).withoutEntryOfRequester();
        try (TwoUnits machine = new TwoUnits(Caches.LARGE, forgetful)) {
            assertThrows(AssertionFailedError.class, () -> growthIsInForceWhenMapReturns(machine, 0));
        }
    }

    @Test
    void aFlushThatIsNotWaitedForIsCaught() throws Exception {
        assertTrue(waitsForTheUnit(new AmdDriver()));
        assertFalse(waitsForTheUnit(Invalidations.of(Vendor.AMDVI).withoutWaiting()));
    }

    /** @param first device to look: the others of its unit find what it has left in caches */
    private static void growthIsInForceWhenMapReturns(TwoUnits machine, int first) {
        machine.map(LOW);
        machine.assertReached(LOW);
        machine.map(HIGH);
        machine.assertReached(HIGH, first);
    }

    /** True if a map above the limit returns after the unit has done what it was told, and not before. */
    private boolean waitsForTheUnit(IommuDriver driver) throws Exception {
        try (TwoUnits machine = new TwoUnits(Caches.LARGE, faulty.driver(driver))) {
            machine.map(LOW);
            faulty.hold();
            AtomicReference<Thread> mapper = new AtomicReference<>();
            CompletableFuture<Long> map = CompletableFuture.supplyAsync(() -> machine.map(HIGH), task -> {
                mapper.set(new Thread(task));
                mapper.get().start();
            });
            Condition.await("the unit to be told", faulty::isHolding);
            long told = processorNanos(mapper.get());
            Condition.await("map to spin", () -> map.isDone() || processorNanos(mapper.get()) - told > TOO_EARLY_NANOS);
            boolean waits = !map.isDone();
            faulty.release();
            map.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS);
            return waits;
        }
    }

    /** What a thread has used up to now; its time does not count while the processor does other things. */
    private static long processorNanos(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
    }
}
