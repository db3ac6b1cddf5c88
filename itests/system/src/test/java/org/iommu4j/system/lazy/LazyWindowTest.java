package org.iommu4j.system.lazy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.dma.FlushReport;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LazyWindowTest {
    private static final String DEVICE = "0000:00:05.0";
    private static final long FRAME = 0x4000_0000L;
    /** Spans two tables of 4 KiB pages, because it begins beside a boundary of large pages. */
    private static final long TWO_TABLES = 4L << 20;
    private static final long BOUND_NANOS = 10_000_000;
    private static final int ROUNDS = 100 * Integer.getInteger("iommu4j.scale", 1);

    private static Rig lazy(Mode mode) {
        Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), mode.driver());
        rig.iommu().defaultType(rig.group(DEVICE), DomainType.DMA_FQ);
        return rig;
    }

    private static Device device(Rig rig) {
        return rig.group(DEVICE).devices().get(0);
    }

    @ParameterizedTest
    @EnumSource
    void noReadReachesAFrameThatHasANewOwnerAfterTheFlush(Mode mode) throws Exception {
        try (Rig rig = lazy(mode); StaleReader reader = new StaleReader(rig.dma(DEVICE, 0), FRAME)) {
            DmaOps dma = rig.dma();
            IommuGroup group = rig.group(DEVICE);
            for (int round = 1; round <= ROUNDS; round++) {
                rig.memory().storeRelease64(FRAME, 2L * round);
                long iova = dma.map(device(rig), FRAME, rig.page(), DmaDirection.BIDIRECTIONAL);
                reader.moveTo(iova);
                reader.awaitCompletedRead();
                dma.unmap(device(rig), iova, rig.page());
                if (round % 2 == 0) {
                    dma.flush(group);
                } else {
                    Condition.await("the flush", () -> dma.report(group).waiting() == 0);
                }
                rig.memory().storeRelease64(FRAME, 2L * round + 1);
                reader.awaitRead();
                assertEquals(0, reader.foreign(), "round " + round);
            }
            assertNull(reader.failure());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatNobodyFlushesTheTimerDoes(Mode mode) {
        try (Rig rig = lazy(mode)) {
            DmaOps dma = rig.dma();
            long iova = dma.map(device(rig), FRAME, 3 * rig.page(), DmaDirection.BIDIRECTIONAL);
            Dma reads = rig.dma(DEVICE, 0);
            assertTrue(reads.read(iova).isPresent());
            dma.unmap(device(rig), iova, 3 * rig.page());
            Condition.await("the timer", () -> dma.report(rig.group(DEVICE)).waiting() == 0);
            FlushReport report = dma.report(rig.group(DEVICE));
            assertEquals(1, report.onTimer());
            assertEquals(0, report.onDemand() + report.onFullRing() + report.onMap());
            assertTrue(report.longestStaleNanos() >= BOUND_NANOS, report::toString);
            assertEquals(OptionalLong.empty(), reads.read(iova));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullRingDoesNotWaitForTheTimer(Mode mode) {
        try (Rig rig = lazy(mode)) {
            DmaOps dma = rig.dma();
            Condition.await("a ring to be full", () -> {
                for (int i = 0; i < 1000; i++) {
                    dma.unmap(device(rig), dma.map(device(rig), FRAME, rig.page(), DmaDirection.TO_DEVICE), rig.page());
                }
                return dma.report(rig.group(DEVICE)).onFullRing() > 0;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMapOverWhatStillWaitsFlushesItFirst(Mode mode) {
        try (Rig rig = lazy(mode)) {
            DmaOps dma = rig.dma();
            Dma reads = rig.dma(DEVICE, 0);
            rig.memory().storeRelease64(FRAME, 1);
            rig.memory().storeRelease64(FRAME + rig.page(), 2);
            Condition.await("a map that comes before the timer", () -> {
                dma.mapAt(device(rig), FRAME, FRAME, rig.page(), Rig.RW);
                assertEquals(OptionalLong.of(1), reads.read(FRAME));
                dma.unmapAt(device(rig), FRAME, rig.page());
                dma.mapAt(device(rig), FRAME, FRAME + rig.page(), rig.page(), Rig.RW);
                assertEquals(OptionalLong.of(2), reads.read(FRAME), "never what was there before");
                dma.unmapAt(device(rig), FRAME, rig.page());
                dma.flush(rig.group(DEVICE));
                return dma.report(rig.group(DEVICE)).onMap() > 0;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatADriverLeavesUnflushedItsSuccessorFlushes(Mode mode) {
        try (Rig rig = lazy(mode)) {
            DmaOps dma = rig.dma();
            IommuGroup group = rig.group(DEVICE);
            Dma reads = rig.dma(DEVICE, 0);
            long used = 0;
            for (int round = 0; round < 2; round++) {
                long iova = dma.map(device(rig), FRAME + rig.page(), TWO_TABLES, DmaDirection.BIDIRECTIONAL);
                assertTrue(reads.read(iova).isPresent());
                assertTrue(reads.read(iova + TWO_TABLES - rig.page()).isPresent());
                dma.unmap(device(rig), iova, TWO_TABLES);
                rig.swap(mode::driver);
                dma.flush(group);
                assertEquals(0, dma.report(group).waiting());
                assertEquals(OptionalLong.empty(), reads.read(iova));
                assertEquals(OptionalLong.empty(), reads.read(iova + TWO_TABLES - rig.page()));
                assertTrue(round == 0 || rig.driverBytes() == used, "tables of what was unmapped are freed");
                used = rig.driverBytes();
            }
        }
    }
}
