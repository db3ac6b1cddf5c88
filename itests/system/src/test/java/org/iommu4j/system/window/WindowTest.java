package org.iommu4j.system.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.system.doubles.DriverDouble;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WindowTest {
    private static final Caches SMALL = new Caches(16, 4, 16, 4);

    @ParameterizedTest
    @EnumSource
    void dmaGoesOnBetweenADriverThatHasGoneAndTheNextOne(Mode mode) throws Exception {
        try (Rig rig = new Rig(Definitions.of(mode, SMALL, 1), mode.driver()); Traffic traffic = new Traffic(rig)) {
            rig.remove(1);
            assertEquals(UnitState.ABSENT, rig.unit().state());
            CompletableFuture<Long> call = unmapOfOnePage(rig, traffic);
            traffic.passThroughWindow();
            assertEquals(UnitState.ABSENT, rig.unit().state());
            assertEquals("", rig.unit().driver(), "nobody is in charge");
            assertFalse(call.isDone(), "a call went through without a driver");
            rig.add(mode.driver());
            assertEquals(rig.page(), call.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS));
            traffic.passThroughWindow();
            assertNull(traffic.failure());
        }
    }

    @ParameterizedTest
    @EnumSource
    void dmaGoesOnBetweenLeaveAndAdoptOfASwap(Mode mode) throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        CountDownLatch adopt = new CountDownLatch(1);
        try (Rig rig = new Rig(Definitions.of(mode, SMALL, 1), mode.driver()); Traffic traffic = new Traffic(rig)) {
            CompletableFuture<SwapReport> swap = CompletableFuture.supplyAsync(
                    () -> rig.swap(() -> DriverDouble.on(mode.driver(), ports -> heldBack(ports, left, adopt))));
            Condition.await("the predecessor to have left", () -> left.getCount() == 0);
            CompletableFuture<Long> call = unmapOfOnePage(rig, traffic);
            assertEquals(UnitState.HANDOVER, rig.unit().state());
            traffic.passThroughWindow();
            assertEquals("", rig.unit().driver(), "nobody is in charge");
            assertFalse(call.isDone(), "a call went through without a driver");
            adopt.countDown();
            assertEquals("adopt", swap.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS).method());
            assertEquals(rig.page(), call.get(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS));
            traffic.passThroughWindow();
            assertNull(traffic.failure());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSuccessorThatCannotTakeOverLeavesEverythingAsItWas(Mode mode) {
        try (Rig rig = new Rig(Definitions.of(mode, SMALL, 1), mode.driver()); Traffic traffic = new Traffic(rig)) {
            String predecessor = rig.unit().driver();
            long bytes = rig.driverBytes();
            Supplier<IommuDriver> unable = () -> DriverDouble.on(mode.driver(), ports -> {
                throw new IllegalStateException("no hands");
            });
            IommuException refusal = assertThrows(IommuException.class, () -> rig.swap(unable));
            assertTrue(refusal.getMessage().contains("no hands"), refusal.getMessage());
            assertEquals(UnitState.DRIVEN, rig.unit().state());
            assertEquals(predecessor, rig.unit().driver());
            assertEquals(bytes, rig.driverBytes());
            assertEquals(rig.page(), unmapOfOnePage(rig, traffic).join());
            traffic.passThroughWindow();
            assertNull(traffic.failure());
        }
    }

    /** A call of software's in the window; of a page that no traffic goes to. */
    private static CompletableFuture<Long> unmapOfOnePage(Rig rig, Traffic traffic) {
        long spare = Traffic.IOVA - rig.page();
        return CompletableFuture.supplyAsync(() -> {
            rig.domains().map(traffic.domain(), spare, 0x1_7000_0000L, rig.page(), Rig.RW);
            return rig.domains().unmap(traffic.domain(), spare, rig.page());
        });
    }

    /** Runs where the successor first looks at its ports: the predecessor has left, the successor has done nothing. */
    private static <T> T heldBack(T ports, CountDownLatch left, CountDownLatch adopt) {
        left.countDown();
        try {
            if (!adopt.await(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS)) {
                throw new AssertionError("the window was never closed");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return ports;
    }
}
