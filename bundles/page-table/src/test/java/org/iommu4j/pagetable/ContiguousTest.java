package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.pagetable.amdv1.AmdV1;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of sizes between those of two levels: each is several equal leaves, and one page to every call. */
class ContiguousTest {
    private static final long K4 = Board.K4;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Board board = new Board();
    private final Gather gather = new Gather();
    private final PageTable table = board.table(new AmdV1(4, AmdV1.PAGE_SIZES, Board.OUTPUT_BITS));

    @AfterEach
    void close() {
        board.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
        36, 37, 38})
    void everyPowerOfTwoIsOnePage(int sizeLg2) {
        long size = 1L << sizeLg2;
        long iova = size == 1L << 38 ? size : 3 * size;
        table.map(iova, 5 * size, size, RW, gather);
        assertEquals(List.of(new Board.Run(iova, 5 * size, size, RW, sizeLg2)), Board.runs(table));
        assertEquals(5 * size + size - 1, table.translate(iova + size - 1));
        assertEquals(5 * size, table.translate(iova, gather));
        assertEquals(-1, table.translate(iova + size));
        if (sizeLg2 > 12) {
            assertEquals(Reason.INCOMPATIBLE,
                    Failures.refusal(() -> table.unmap(iova, size / 2, gather)).reason());
            assertEquals(Reason.INCOMPATIBLE,
                    Failures.refusal(() -> table.unmap(iova + size / 2, size / 2, gather)).reason());
            assertEquals(Reason.EXISTS,
                    Failures.refusal(() -> table.map(iova + size - K4, 0, K4, RW, gather)).reason());
        }
        assertTrue(gather.isEmpty());
        assertEquals(size, table.unmap(iova, size, gather));
        assertEquals(List.of(), Board.runs(table));
    }

    @Test
    void leavesOfOnePageAreEqualAndSurroundedByNothing() {
        table.map(0x10000, 0x50000, 0x4000, Protection.READ, gather);
        long[] first = new long[1];
        table.walk(0x10000, (level, pa, entry) -> first[0] = pa);
        for (int slot = -1; slot <= 4; slot++) {
            long expected = slot < 0 || slot > 3 ? 0 : 0x3000000000051e01L;
            assertEquals(expected, board.memory.load64(first[0] + slot * 8L));
        }
    }

    @Test
    void aRangeIsCutIntoTheLargestPagesThatItsEndsAllow() {
        table.map(0x3000, 0x103000, 0x1d000, RW, gather);
        assertEquals(List.of(new Board.Run(0x3000, 0x103000, 0x1000, RW, 12), new Board.Run(0x4000, 0x104000, 0x4000,
                RW, 14), new Board.Run(0x8000, 0x108000, 0x8000, RW, 15), new Board.Run(0x10000, 0x110000, 0x10000, RW,
                16)), Board.runs(table));
    }

    @Test
    void tablesThatAreLinkedAlreadyCutPagesOfTheLevelAbove() {
        table.map(2 * Board.M2, 0, K4, RW, gather); // a table where 8 MiB could be one page
        table.unmap(2 * Board.M2, K4, gather);
        table.map(0, 0, 4 * Board.M2, RW, gather);
        assertEquals(List.of(22, 20, 21), Board.runs(table).stream().map(Board.Run::pageSizeLg2).toList());
    }

    @Test
    void dirtyIsReportedOfAnyLeafAndClearedInAll() {
        table.map(0, 0, 0x8000, RW, gather);
        long[] leaf = new long[1];
        table.walk(0x5000, (level, pa, entry) -> leaf[0] = pa);
        board.memory.store64(leaf[0], board.memory.load64(leaf[0]) | 1 << 6);
        board.memory.store64(leaf[0] + 8, board.memory.load64(leaf[0] + 8) | 1 << 6);
        long[] told = new long[3];
        table.readAndClearDirty(0, K4, (iova, length, sizeLg2) -> {
            told[0] = iova;
            told[1] = length;
            told[2]++;
        });
        assertEquals(List.of(0L, 0x8000L, 1L), List.of(told[0], told[1], told[2]));
        table.readDirty(0, 0x8000, (iova, length, sizeLg2) -> told[2]++);
        assertEquals(1, told[2]);
    }
}
