package org.iommu4j.replay.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceText;
import org.junit.jupiter.api.Test;

/** What the page draws of a trace: address spaces and sizes. */
class PicturesTest {
    private static TracePlan plan(String... events) throws TraceException {
        return TracePlan.read(TraceText.of(Arrays.stream(events).map(event -> TraceText.line(9, 0, ".....", event))
                .toArray(String[]::new)));
    }

    private static String map(long iova, long physical, long size) {
        return String.format("map: IOMMU: iova=0x%x paddr=0x%x size=%d", iova, physical, size);
    }

    private static String unmap(long iova, long size) {
        return String.format("unmap: IOMMU: iova=0x%x size=%d unmapped_size=%d", iova, size, size);
    }

    @Test
    void aCellHoldsItsPagesAtTheFullestMomentAndAtTheEnd() throws TraceException {
        IovaSpace space = IovaSpace.of(plan(map(0x10000, 0, 0x2000), map(0x13000, 0x8000, 0x1000),
                unmap(0x10000, 0x2000))).get(0);

        assertEquals(0x10000, space.lowest());
        assertEquals(4096, space.cellBytes());
        assertArrayEquals(new long[] {1, 1, 0, 1}, space.fullest());
        assertArrayEquals(new long[] {0, 0, 0, 1}, space.atEnd());
        assertEquals(3, space.peakPages());
    }

    @Test
    void aWideSpaceHasLargerCellsAndAMapThatCrossesThemIsInEach() throws TraceException {
        IovaSpace space = IovaSpace.of(plan(map(0x3ff000, 0, 0x3000), map(0xfff0_0000L, 0x10_0000, 0x1000))).get(0);

        assertEquals(0x100_0000, space.cellBytes());
        assertEquals(0, space.lowest());
        assertTrue(space.fullest().length <= 256);

        IovaSpace narrow = IovaSpace.of(plan(map(0x1ff000, 0, 0x3000), map(0x3f_0000L, 0x10_0000, 0x1000))).get(0);
        assertEquals(0x2000, narrow.cellBytes());
        assertEquals(List.of(1L, 2L), Arrays.stream(narrow.fullest()).limit(2).boxed().toList());
    }

    @Test
    void theTopOfTheAddressSpaceIsPartOfIt() throws TraceException {
        IovaSpace space = IovaSpace.of(plan(map(-0x1000, 0, 0x1000))).get(0);

        assertEquals(-0x1000, space.lowest());
        assertArrayEquals(new long[] {1}, space.atEnd());
    }

    @Test
    void pagesAreAsLargeAsBothAddressesAndTheLengthAllow() throws TraceException {
        long m2 = 0x20_0000;
        MapSizes sizes = MapSizes.of(plan(map(0x4000_0000, m2, m2 + 0x1000), map(0x10_0000_1000L, m2, m2),
                map(0x8000_0000L, 0x1_0000_0000L, 0x4000_0000)));

        assertEquals(Map.of(12, 1L + 512, 21, 1L, 30, 1L), sizes.leaves());
        assertEquals(Map.of(21, 2L, 30, 1L), sizes.maps());
        assertEquals(List.of("4K", "2M", "1G"), List.of(MapSizes.name(12), MapSizes.name(21), MapSizes.name(30)));
    }
}
