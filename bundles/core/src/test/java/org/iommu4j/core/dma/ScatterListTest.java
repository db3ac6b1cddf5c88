package org.iommu4j.core.dma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaLimits;
import org.iommu4j.api.dma.ScatterList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScatterListTest {
    private static final long PAGE = TableOfPages.PAGE;
    private static final DmaDirection BOTH = DmaDirection.BIDIRECTIONAL;

    private final Rig rig = new Rig();
    private final ScatterList list = new ScatterList();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void piecesThatFollowEachOtherForTheDeviceAreOneSegmentAndContiguousMemoryOneMap() {
        list.add(0x1000, PAGE).add(0x2000, 2 * PAGE).add(0x9000, PAGE);
        assertEquals(1, rig.ops.map(rig.device, list, BOTH));
        assertEquals((1L << 32) - 4 * PAGE, list.iova(0));
        assertEquals(4 * PAGE, list.segmentLength(0));
        assertEquals(2, rig.table.maps.get());
        rig.ops.unmap(rig.device, list);
        assertFalse(list.isMapped());
        assertEquals(1, rig.table.syncs.get(), "one unmap for all");
        assertEquals(0, rig.ops.inUse(rig.group));
    }

    @Test
    void aPieceThatEndsOrStartsInsideAPageIsNotJoined() {
        list.add(0x1000, 0x800).add(0x2000, PAGE).add(0x7010, 0x10);
        assertEquals(3, rig.ops.map(rig.device, list, BOTH));
        assertEquals(0x800, list.segmentLength(0));
        assertEquals(list.iova(0) + PAGE, list.iova(1));
        assertEquals(list.iova(1) + PAGE + 0x10, list.iova(2));
        rig.ops.unmap(rig.device, list);
        assertEquals(Map.of(), rig.table.pages);
    }

    @Test
    void segmentsKeepTheLengthAndTheBoundaryOfTheDevice() {
        rig.ops.limits(rig.device, new DmaLimits(0xffff_ffffL, 2 * PAGE, 4 * PAGE - 1));
        list.add(0, PAGE).add(0x8000, PAGE).add(0x10000, PAGE).add(0x20000, 3 * PAGE).add(0x30000, PAGE);
        rig.ops.map(rig.device, list, BOTH);
        assertEquals(4, list.segments());
        assertEquals(2 * PAGE, list.segmentLength(0));
        assertEquals(PAGE, list.segmentLength(1));
        assertEquals(0, list.iova(2) & 4 * PAGE - 1, "three pages do not cross a boundary");
        assertEquals(3 * PAGE, list.segmentLength(2), "a piece is not split");
        assertEquals(7, rig.table.pages.size(), "the page that was left out is not mapped");
        rig.ops.unmap(rig.device, list);
        assertEquals(Map.of(), rig.table.pages);
        assertEquals(0, rig.ops.inUse(rig.group));
    }

    @Test
    void afterAFailureNothingIsMapped() {
        rig.ops.limits(rig.device, new DmaLimits(0xffff_ffffL, 2 * PAGE, 4 * PAGE - 1));
        for (int failing = 0; failing < 4; failing++) {
            list.clear().add(0, PAGE).add(0x8000, 2 * PAGE).add(0x20000, 3 * PAGE).add(0x30000, PAGE);
            rig.table.failingMap = failing;
            IommuException e = assertThrows(IommuException.class, () -> rig.ops.map(rig.device, list, BOTH));
            assertEquals(Reason.NO_MEMORY, e.reason());
            assertEquals(Map.of(), rig.table.pages);
            assertEquals(Set.of(), rig.table.stale);
            assertFalse(list.isMapped());
            assertEquals(0, rig.ops.inUse(rig.group));
        }
    }

    @Test
    void aMappedListIsNotChangedAndAnUnmappedOneNotUnmapped() {
        assertThrows(IommuException.class, () -> rig.ops.map(rig.device, list, BOTH), "it is empty");
        assertThrows(IommuException.class, () -> list.add(0, 0));
        list.add(0, 1);
        assertThrows(IommuException.class, () -> rig.ops.unmap(rig.device, list));
        rig.ops.map(rig.device, list, BOTH);
        assertThrows(IommuException.class, () -> rig.ops.map(rig.device, list, BOTH));
        assertThrows(IommuException.class, () -> list.add(0, 1));
        assertThrows(IommuException.class, list::clear);
        rig.ops.unmap(rig.device, list);
        assertEquals(0, list.clear().entries());
    }

    @Test
    void theDeviceReadsThePiecesInOrderWhateverTheyAre() {
        long seed = Long.getLong("iommu4j.seed", 31L);
        int rounds = 300 * Integer.getInteger("iommu4j.scale", 1);
        for (int round = 0; round < rounds; round++) {
            Random random = new Random(seed + round);
            rig.table.type = round % 3 == 0 ? DomainType.DMA : DomainType.DMA_FQ;
            DmaLimits limits = new DmaLimits(0xffff_ffffL, PAGE << random.nextInt(8), (PAGE << random.nextInt(8)) - 1);
            rig.ops.limits(rig.device, limits);
            fill(random);
            rig.ops.map(rig.device, list, BOTH);
            check(limits, "seed " + (seed + round));
            rig.ops.unmap(rig.device, list);
            assertEquals(Map.of(), rig.table.pages, "seed " + (seed + round));
        }
        assertEquals(0, rig.ops.inUse(rig.group));
        assertEquals(Set.of(), rig.table.stale);
    }

    private void fill(Random random) {
        list.clear();
        long pa = 0;
        for (int i = 1 + random.nextInt(40); i > 0; i--) {
            long length = switch (random.nextInt(4)) {
                case 0 -> PAGE;
                case 1 -> PAGE * (1 + random.nextInt(9));
                case 2 -> 1 + random.nextInt((int) PAGE);
                default -> 1 + random.nextInt(20 * (int) PAGE);
            };
            pa = random.nextInt(3) == 0 ? pa : random.nextInt(1 << 18) * (random.nextBoolean() ? PAGE : 8);
            list.add(pa, length);
            pa += length;
        }
    }

    /** Bytes are compared at the places where something could change: steps that are no divisor of a page. */
    private void check(DmaLimits limits, String where) {
        int segment = 0;
        long inSegment = 0;
        for (int i = 0; i < list.entries(); i++) {
            for (long at = 0; at < list.length(i); at++) {
                if (inSegment == list.segmentLength(segment)) {
                    segment++;
                    inSegment = 0;
                }
                if (at % 61 == 0 || at == list.length(i) - 1 || inSegment == 0) {
                    long iova = list.iova(segment) + inSegment;
                    assertEquals(list.pa(i) + at, rig.table.translate(rig.table, iova), where);
                }
                inSegment++;
            }
            boolean joined = inSegment > list.length(i);
            long first = list.iova(segment);
            assertTrue(!joined || inSegment <= limits.maxSegment(), where);
            assertTrue(!joined || (first & ~limits.boundaryMask()) == (first + inSegment - 1 & ~limits.boundaryMask()),
                    where);
        }
        assertEquals(list.segments() - 1, segment, where);
        assertEquals(list.segmentLength(segment), inSegment, where);
    }
}
