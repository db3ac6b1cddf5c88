package org.iommu4j.core.dma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.CoherentMemory;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaLimits;
import org.iommu4j.api.dma.FlushReport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DmaOperationsTest {
    private static final long PAGE = TableOfPages.PAGE;
    private static final long TOP32 = 1L << 32;

    private final Rig rig = new Rig();
    private final DmaOperations ops = rig.ops;

    @AfterEach
    void close() {
        rig.close();
    }

    private static void refused(Reason reason, Executable call) {
        assertEquals(reason, assertThrows(IommuException.class, call).reason());
    }

    private long map(long pa, long length) {
        return ops.map(rig.device, pa, length, DmaDirection.BIDIRECTIONAL);
    }

    @Test
    void allPagesThatABufferTouchesAreMappedAndItsFirstByteIsReturned() {
        long iova = map(0x12_3f00, 0x1200);
        assertEquals(TOP32 - 4 * PAGE + 0xf00, iova, "three pages take the place of four");
        long start = iova - 0xf00;
        assertEquals(Map.of(start, 0x12_3000L, start + PAGE, 0x12_4000L, start + 2 * PAGE, 0x12_5000L),
                rig.table.pages);
        ops.unmap(rig.device, iova, 0x1200);
        assertEquals(Map.of(), rig.table.pages);
        assertEquals(0, ops.inUse(rig.group));
    }

    @Test
    void theDirectionDecidesWhatTheDeviceMayDo() {
        for (DmaDirection direction : DmaDirection.values()) {
            long iova = ops.map(rig.device, 0x1000, PAGE, direction);
            int expected = switch (direction) {
                case TO_DEVICE -> Protection.READ;
                case FROM_DEVICE -> Protection.WRITE;
                case BIDIRECTIONAL -> Protection.READ | Protection.WRITE;
            };
            assertEquals(expected | Protection.CACHE, rig.table.protections.get(iova));
        }
    }

    @Test
    void strictUnmapIsTrueWhenItReturns() {
        long iova = map(0, PAGE);
        ops.unmap(rig.device, iova, PAGE);
        assertEquals(Set.of(), rig.table.stale);
        assertEquals(1, rig.table.syncs.get());
        assertEquals(iova, map(0, PAGE), "the address is free at once");
    }

    @Test
    void aWideDeviceGetsLowAddressesUntilThereAreNone() {
        ops.limits(rig.device, DmaLimits.ofBits(64));
        long low = map(0, PAGE);
        assertTrue(low < TOP32);
        rig.table.failingMap = -1;
        long block = 1L << 30;
        long high = 0;
        for (int i = 0; i < 4 && high < TOP32; i++) {
            high = ops.map(rig.device, 0, block, DmaDirection.TO_DEVICE);
        }
        assertTrue(high >= TOP32, "4 GiB have no place for this many GiB");
        ops.unmap(rig.device, high, block);
        assertTrue(map(0, PAGE) >= TOP32, "low addresses are not looked for again");
    }

    @Test
    void addressesRespectTheMaskAndEndWithNoSpace() {
        ops.limits(rig.device, DmaLimits.ofBits(24));
        long iova = map(0, 1 << 23);
        assertEquals(1 << 23, iova);
        refused(Reason.NO_SPACE, () -> map(0, 1 << 23));
        assertTrue(map(0, 1 << 22) < 1 << 23);
        ops.unmap(rig.device, iova, 1 << 23);
        assertEquals(1 << 23, map(0, 1 << 23));
    }

    @Test
    void badArgumentsAreRefusedAndNothingIsMapped() {
        refused(Reason.INCOMPATIBLE, () -> map(0, 0));
        refused(Reason.INCOMPATIBLE, () -> map(0, -5));
        refused(Reason.BAD_ADDRESS, () -> map(1L << 31, 1));
        refused(Reason.BAD_ADDRESS, () -> map((1L << 31) - 1, 2));
        refused(Reason.NO_DEVICE, () -> ops.map(new Rig.Function(rig.group), 0, 1, DmaDirection.TO_DEVICE));
        refused(Reason.INCOMPATIBLE, () -> DmaLimits.ofBits(23));
        refused(Reason.INCOMPATIBLE, () -> new DmaLimits(0xff00_ffffL, 1, 0xfff));
        refused(Reason.INCOMPATIBLE, () -> new DmaLimits(0xffff_ffffL, 0, 0xfff));
        refused(Reason.INCOMPATIBLE, () -> new DmaLimits(0xffff_ffffL, 1, 0x7ff));
        assertEquals(0, rig.table.maps.get());
        assertEquals(0, ops.inUse(rig.group));
    }

    @Test
    void whatWasNeverGivenIsNotUnmapped() {
        long iova = map(0, 2 * PAGE);
        refused(Reason.INCOMPATIBLE, () -> ops.unmap(rig.device, iova + PAGE, 2 * PAGE));
        refused(Reason.INCOMPATIBLE, () -> ops.unmap(rig.device, iova, 0));
        refused(Reason.INCOMPATIBLE, () -> ops.unmap(rig.device, 0x10, 8));
        assertEquals(2, rig.table.pages.size());
        ops.unmap(rig.device, iova, 2 * PAGE);
        refused(Reason.INCOMPATIBLE, () -> ops.unmap(rig.device, iova, 2 * PAGE));
        assertEquals(0, ops.inUse(rig.group), "it is not freed twice");
    }

    @Test
    void aRefusedMapGivesItsAddressBack() {
        rig.table.failingMap = 0;
        refused(Reason.NO_MEMORY, () -> map(0, PAGE));
        assertEquals(0, ops.inUse(rig.group));
    }

    @Test
    void coherentMemoryIsZeroedReachableAndStrictlyFreed() {
        rig.table.type = DomainType.DMA_FQ;
        CoherentMemory coherent = ops.allocate(rig.device, 0x2100);
        assertEquals(0, rig.memory.load64(coherent.pa() + 0x2000));
        assertEquals(coherent.pa() + 0x2000, rig.table.translate(rig.table, coherent.iova() + 0x2000));
        assertEquals(3, rig.table.pages.size());
        ops.free(rig.device, coherent);
        assertEquals(Set.of(), rig.table.stale);
        assertEquals(0, rig.frames.held());
        assertEquals(0, ops.inUse(rig.group));
        rig.table.failingMap = 0;
        refused(Reason.NO_MEMORY, () -> ops.allocate(rig.device, PAGE));
        assertEquals(0, rig.frames.held());
        refused(Reason.INCOMPATIBLE, () -> ops.allocate(rig.device, (1 << 24) + 1));
    }

    @Test
    void anIdentityDomainGivesThePhysicalAddressWithinTheMask() {
        rig.table.type = DomainType.IDENTITY;
        assertEquals(0x12345, map(0x12345, 8));
        ops.unmap(rig.device, 0x12345, 8);
        ops.limits(rig.device, DmaLimits.ofBits(24));
        assertEquals(0xff_fff0, map(0xff_fff0, 16));
        refused(Reason.OVERFLOW, () -> map(0xff_fff0, 17));
        assertEquals(0, rig.table.maps.get());
    }

    @Test
    void aBlockedDefaultDomainHasNoDma() {
        rig.table.type = DomainType.BLOCKED;
        refused(Reason.NOT_SUPPORTED, () -> map(0, 1));
    }

    @Test
    void aNewDefaultDomainHasAnAddressSpaceOfItsOwn() {
        long before = map(0, PAGE);
        TableOfPages other = new TableOfPages();
        rig.group.defaultDomain = other;
        assertEquals(0, ops.inUse(rig.group));
        Domain now = rig.group.defaultDomain;
        assertEquals(other, now);
        refused(Reason.INCOMPATIBLE, () -> {
            rig.table.pages.clear();
            ops.unmap(rig.device, before, PAGE);
        });
    }

    @Test
    void aDomainBecomesLazyWhileItIsInUse() {
        long first = map(0, PAGE);
        long second = map(0x5000, PAGE);
        ops.unmap(rig.device, first, PAGE);
        assertEquals(Set.of(), rig.table.stale);
        rig.table.type = DomainType.DMA_FQ;
        ops.unmap(rig.device, second, PAGE);
        FlushReport report = ops.report(rig.group);
        assertEquals(DomainType.DMA_FQ, report.type());
        assertEquals(1, report.queued());
        ops.flush(rig.group);
        assertEquals(Set.of(), rig.table.stale);
        assertEquals(0, ops.report(rig.group).waiting());
        assertEquals(0, ops.inUse(rig.group));
    }

    @Test
    void theTimersThreadFlushesWhatNobodyElseDoes() throws InterruptedException {
        rig.table.type = DomainType.DMA_FQ;
        for (int round = 0; round < 3; round++) {
            ops.unmap(rig.device, map(0, PAGE), PAGE);
            long start = System.nanoTime();
            while (ops.report(rig.group).waiting() != 0) {
                assertTrue(System.nanoTime() - start < 20_000_000_000L, "no flush within 20 s");
                Thread.onSpinWait();
            }
        }
        FlushReport report = ops.report(rig.group);
        assertEquals(3, report.onTimer());
        assertTrue(report.longestStaleNanos() >= FlushQueue.BOUND_NANOS, "it waits for its bound: " + report);
    }

    @Test
    void aMapAtAQueuedAddressForcesTheFlush() {
        rig.table.type = DomainType.DMA_FQ;
        int rw = Protection.READ | Protection.WRITE;
        ops.mapAt(rig.device, 0x10_0000, 0x4000, 4 * PAGE, rw);
        assertEquals(4 * PAGE, ops.unmapAt(rig.device, 0x10_0000, 5 * PAGE), "up to the first hole");
        assertEquals(0, ops.unmapAt(rig.device, 0x50_0000, PAGE));
        assertEquals(0, ops.report(rig.group).onMap());
        ops.mapAt(rig.device, 0x10_4000, 0x4000, PAGE, rw);
        assertEquals(0, ops.report(rig.group).onMap(), "the page behind does not wait");
        ops.mapAt(rig.device, 0x0f_f000, 0x4000, 2 * PAGE, rw);
        assertFalse(rig.table.stale.contains(0x10_0000L));
        assertEquals(3 * PAGE, ops.inUse(rig.group));
        refused(Reason.EXISTS, () -> ops.mapAt(rig.device, 0x10_4000, 0, PAGE, rw));
        assertEquals(3 * PAGE, ops.inUse(rig.group));
    }

    @Test
    void flushesThatMapsForceAreCounted() {
        rig.table.type = DomainType.DMA_FQ;
        for (int i = 0; i < 200; i++) {
            ops.mapAt(rig.device, 0x10_0000, 0x4000, PAGE, Protection.READ);
            ops.unmapAt(rig.device, 0x10_0000, PAGE);
        }
        FlushReport report = ops.report(rig.group);
        assertEquals(200, report.queued());
        assertTrue(report.onMap() > 0, "it was " + report);
    }

    @Test
    void theEndOfTheAddressSpaceFlushesWhatWaits() {
        rig.table.type = DomainType.DMA_FQ;
        ops.limits(rig.device, DmaLimits.ofBits(24));
        for (int i = 0; i < 20; i++) {
            ops.unmap(rig.device, map(0, 1 << 23), 1 << 23);
        }
        assertEquals(20, ops.report(rig.group).queued());
        assertTrue(ops.report(rig.group).onDemand() >= 1);
    }

    @Test
    void aHoleIsToldAndItsAddressesStayTaken() {
        for (DomainType type : new DomainType[] {DomainType.DMA, DomainType.DMA_FQ}) {
            rig.table.type = type;
            long before = ops.inUse(rig.group);
            long iova = map(0, 4 * PAGE);
            rig.table.pages.remove(iova + 2 * PAGE);
            refused(Reason.INCOMPATIBLE, () -> ops.unmap(rig.device, iova, 4 * PAGE));
            ops.flush(rig.group);
            assertEquals(Set.of(), rig.table.stale, "what was unmapped is invalidated");
            assertEquals(before + 4 * PAGE, ops.inUse(rig.group));
        }
    }
}
