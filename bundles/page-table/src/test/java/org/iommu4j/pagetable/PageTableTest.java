package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.pagetable.Board.Run;
import org.iommu4j.pagetable.vtdss.VtdSecondStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single laws of {@link PageTable}, each by an example. */
class PageTableTest {
    private static final long K4 = Board.K4;
    private static final long M2 = Board.M2;
    private static final long G1 = Board.G1;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Board board = new Board();
    private final Gather gather = new Gather();

    @AfterEach
    void close() {
        board.close();
    }

    @ParameterizedTest
    @CsvSource({"3, 39", "4, 48", "5, 57"})
    void widthFollowsFromLevels(int levels, int bits) {
        PageTable table = board.table(levels, Board.SIZES);
        assertEquals((1L << bits) - 1, table.lastIova());
        assertEquals(levels, table.levels());
        assertEquals(Board.SIZES, table.pageSizes());
    }

    @Test
    void everyTableIsVisitedOnceTheRootLast() {
        PageTable table = board.table(4, Board.SIZES);
        long before = board.frames.held();
        table.map(0, 0, G1 + M2 + K4, RW, gather);
        table.map(1L << 40, 0, K4, RW, gather);
        List<Long> visited = new ArrayList<>();
        table.tables(visited::add);
        // For the first range one table of each lower level, for the second one as many of its own.
        assertEquals(6, (board.frames.held() - before) / K4);
        assertEquals(7, visited.size());
        assertEquals(7, visited.stream().distinct().count());
        assertEquals(table.root(), visited.get(6));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void theLastPageOfTheAddressSpaceMapsAndUnmaps(int levels) {
        PageTable table = board.table(levels, Board.SIZES);
        long page = table.lastIova() + 1 - K4;
        table.map(page, 0x5000, K4, RW, gather);
        assertEquals(0x5fff, table.translate(table.lastIova()));
        assertEquals(-1, table.translate(table.lastIova() + 1));
        assertEquals(-1, table.translate(-1));
        assertEquals(K4, table.unmap(page, K4, gather));
        assertEquals(table.lastIova(), gather.last());
        assertEquals(Reason.OVERFLOW, Failures.refusal(() -> table.map(page, 0, 2 * K4, RW, gather)).reason());
        assertEquals(Reason.OVERFLOW, Failures.refusal(() -> table.unmap(page, 2 * K4, gather)).reason());
    }

    @Test
    void theWholeAddressSpaceIsOneRange() {
        PageTable table = board.table(3, Board.SIZES);
        long all = table.lastIova() + 1;
        table.map(0, 0, all, RW, gather);
        assertEquals(List.of(new Run(0, 0, all, RW, 30)), Board.runs(table));
        assertEquals(all, table.unmap(0, all, gather));
        assertEquals(List.of(), Board.runs(table));
        assertEquals(0, gather.tableCount(), "512 pages of 1 GiB lie in the root, which stays");
    }

    @Test
    void aRangeAsLongAsALargePageThatDoesNotBeginLikeOneIsMadeOfSmallOnes() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(K4, M2, M2, RW, gather);
        assertEquals(List.of(new Run(K4, M2, M2, RW, 12)), Board.runs(table));
        PageTable large = board.table(4, Board.SIZES);
        large.map(0, 0, 2 * M2, RW, gather);
        assertEquals(Reason.INCOMPATIBLE, Failures.refusal(() -> large.unmap(K4, M2, gather)).reason());
        assertEquals(List.of(new Run(0, 0, 2 * M2, RW, 21)), Board.runs(large));
    }

    @Test
    void theLargestPagesThatFitAreUsed() {
        PageTable table = board.table(4, Board.SIZES);
        long iova = G1 - M2 - K4;
        table.map(iova, iova, K4 + M2 + G1 + M2 + K4, RW, gather);
        assertEquals(List.of(new Run(iova, iova, K4, RW, 12), new Run(G1 - M2, G1 - M2, M2, RW, 21),
                new Run(G1, G1, G1, RW, 30), new Run(2 * G1, 2 * G1, M2, RW, 21),
                new Run(2 * G1 + M2, 2 * G1 + M2, K4, RW, 12)), Board.runs(table));
    }

    @Test
    void aTargetThatIsLessAlignedMeansSmallerPages() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(G1, M2, G1, RW, gather);
        table.map(0, K4, M2, RW, gather);
        assertEquals(List.of(new Run(0, K4, M2, RW, 12), new Run(G1, M2, G1, RW, 21)), Board.runs(table));
    }

    @Test
    void aTableThatIsLinkedAlreadyIsKeptAndHoldsSmallerPages() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(0, 0, K4, RW, gather);
        table.unmap(0, K4, gather);
        assertEquals(0, gather.tableCount());
        table.map(0, 0, M2, RW, gather);
        assertEquals(List.of(new Run(0, 0, M2, RW, 12)), Board.runs(table));
        table.unmap(0, M2, gather);
        assertEquals(1, gather.tableCount());
        board.sync(gather);
        table.map(0, 0, M2, RW, gather);
        assertEquals(List.of(new Run(0, 0, M2, RW, 21)), Board.runs(table));
    }

    @Test
    void unmapStopsAtTheFirstHole() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(M2 - 2 * K4, 0, 3 * K4, RW, gather);
        table.map(M2 + 2 * K4, 0x9000, K4, RW, gather);
        assertEquals(3 * K4, table.unmap(M2 - 2 * K4, 6 * K4, gather));
        assertEquals(M2 + K4 - 1, gather.last());
        assertEquals(List.of(new Run(M2 + 2 * K4, 0x9000, K4, RW, 12)), Board.runs(table));
        assertEquals(0, table.unmap(4 * G1, G1, gather));
    }

    @Test
    void unmapCoversManyMapsAndCollectsEveryCoveredTable() {
        PageTable table = board.table(4, K4);
        long root = board.frames.held();
        for (long iova = 0; iova < 4 * M2; iova += M2 / 2) {
            table.map(iova, iova, M2 / 2, Protection.READ, gather);
        }
        assertEquals(4 * M2, table.unmap(0, 4 * M2, gather));
        assertEquals(4, gather.tableCount(), "one table of level 0 for each 2 MiB");
        assertEquals(K4, gather.pageSizes());
        board.sync(gather);
        assertEquals(root + 2 * K4, board.frames.held(), "levels 1 and 2 reach beyond the range");
    }

    @Test
    void aCoveredGigabyteTakesItsUpperTableToo() {
        PageTable table = board.table(4, K4 | M2);
        table.map(G1, 0, G1, RW, gather);
        table.map(2 * G1, 0, K4, RW, gather);
        assertEquals(G1, table.unmap(G1, G1, gather));
        assertEquals(1, gather.tableCount());
        assertEquals(M2, gather.pageSizes());
        board.sync(gather);
        assertEquals(0, table.translate(2 * G1));
        assertEquals(-1, table.translate(G1));
    }

    @Test
    void freedTablesArePoisonedAndNothingStaysHeld() {
        PageTable table = board.table(5, Board.SIZES);
        table.map(0, 0, M2 + K4, RW, gather);
        table.map(table.lastIova() + 1 - K4, 0, K4, RW, gather);
        long root = table.root();
        table.free();
        assertEquals(0, board.frames.held());
        assertEquals(FrameTable.POISON, board.memory.load64(root));
    }

    @ParameterizedTest
    @CsvSource({"0, 0x1000, 0x0, 0x1fffff", "0x1ff000, 0x1000, 0x0, 0x1fffff", "0x1000, 0x1000, 0x0, 0x1fffff",
        "0x40000000, 0x200000, 0x40000000, 0x7fffffff", "0x1ff000, 0x2000, 0x0, 0x1fffff",
        "0x0, 0x201000, 0x200000, 0x3fffff"})
    void aSplitIsRefusedAndNamesThePage(String iova, String length, String pageFirst, String pageLast) {
        PageTable table = board.table(4, Board.SIZES);
        table.map(0, 0, 2 * M2, RW, gather);
        table.map(G1, G1, G1, RW, gather);
        List<Run> before = Board.runs(table);
        IommuException refused = Failures.refusal(
                () -> table.unmap(Long.decode(iova), Long.decode(length), gather));
        assertEquals(Reason.INCOMPATIBLE, refused.reason());
        assertTrue(refused.getMessage().contains("page " + pageFirst + " to " + pageLast), refused.getMessage());
        assertEquals(before, Board.runs(table));
        assertTrue(gather.isEmpty());
    }

    @Test
    void existsNamesThePageAndLeavesAllAsItWas() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(M2 + 5 * K4, 0, K4, Protection.READ, gather);
        table.map(2 * G1, 0, G1, RW, gather);
        List<Run> before = Board.runs(table);
        long[][] ranges = {{M2 + 5 * K4, K4}, {M2, M2}, {0, 4 * M2}, {M2 + 4 * K4, 2 * K4}};
        for (long[] range : ranges) {
            IommuException refused = Failures.refusal(() -> table.map(range[0], 0, range[1], RW, gather));
            assertEquals(Reason.EXISTS, refused.reason());
            assertTrue(refused.getMessage().contains("0x205000"), refused.getMessage());
            assertEquals(before, Board.runs(table));
        }
        assertEquals(Reason.EXISTS, Failures.refusal(() -> table.map(3 * G1 - K4, 0, K4, RW, gather)).reason());
        assertEquals(Reason.EXISTS, Failures.refusal(() -> table.map(G1, G1, 2 * G1, RW, gather)).reason());
        assertEquals(before, Board.runs(table));
        table.free();
        assertEquals(0, board.frames.held());
    }

    @Test
    void badArgumentsAreRefused() {
        PageTable table = board.table(4, Board.SIZES);
        long[][] incompatible = {{1, 0, K4, RW}, {0, 0x800, K4, RW}, {0, 0, 0x1800, RW}, {0, 0, 0, RW},
            {0, 0, K4, 0}, {0, 0, K4, Protection.CACHE}, {0, 0, K4, RW | 64}};
        for (long[] a : incompatible) {
            assertEquals(Reason.INCOMPATIBLE,
                    Failures.refusal(() -> table.map(a[0], a[1], a[2], (int) a[3], gather)).reason());
        }
        long[][] overflow = {{1L << 48, 0, K4}, {-K4, 0, K4}, {0, 1L << Board.OUTPUT_BITS, K4}, {0, -K4, K4},
            {0, (1L << Board.OUTPUT_BITS) - K4, 2 * K4}, {0, 0, -K4}, {K4, 0, 1L << 48}, {0, 0, Long.MIN_VALUE}};
        for (long[] a : overflow) {
            assertEquals(Reason.OVERFLOW, Failures.refusal(() -> table.map(a[0], a[1], a[2], RW, gather)).reason());
        }
        table.map(0, (1L << Board.OUTPUT_BITS) - K4, K4, RW, gather);
        assertEquals((1L << Board.OUTPUT_BITS) - 1, table.translate(K4 - 1));
    }

    @Test
    void noMemoryAtAnyTableLeavesMappingsAsTheyWereAndLeaksNoFrame() {
        long iova = 512 * G1 - M2 - K4;
        long length = 2 * M2 + 2 * K4;
        int refusals = 0;
        for (int quota = 1; ; quota++) {
            try (Board small = new Board(quota * K4)) {
                PageTable table = small.table(4, K4);
                List<Run> before = Board.runs(table);
                try {
                    table.map(iova, 0, length, RW, gather);
                    assertEquals(refusals, quota - 1);
                    break;
                } catch (IommuException e) {
                    refusals++;
                    assertEquals(Reason.NO_MEMORY, e.reason());
                    assertEquals(before, Board.runs(table));
                }
                table.free();
                assertEquals(0, small.frames.held());
            }
        }
        assertEquals(8, refusals, "the root, and on either side of 512 GiB one table of levels 2 and 1, two of level 0,"
                + " make 9 frames");
    }

    @Test
    void anAdoptedTableIsTheSameTable() {
        PageTable first = board.table(4, Board.SIZES);
        first.map(M2 - K4, 0x7000, M2, Protection.WRITE, gather);
        PageTable second = PageTable.adopt(new VtdSecondStage(4, Board.SIZES, Board.OUTPUT_BITS), board.memory,
                board.frames, first.root());
        assertEquals(Board.runs(first), Board.runs(second));
        assertEquals(M2, second.unmap(M2 - K4, M2, gather));
        second.free();
        assertEquals(0, board.frames.held());
    }

    @Test
    void aRootOrATableOutsideThePoolIsRefused() {
        VtdSecondStage format = new VtdSecondStage(4, Board.SIZES, Board.OUTPUT_BITS);
        for (long root : new long[] {0, board.pool.base() - K4, board.pool.base() + board.pool.length(),
            board.pool.base() + 8}) {
            assertEquals(Reason.BAD_INPUT, Failures.refusal(
                    () -> PageTable.adopt(format, board.memory, board.frames, root)).reason());
        }
        PageTable table = board.table(4, Board.SIZES);
        board.memory.store64(table.root(), 0x1003);
        assertEquals(Reason.BAD_INPUT, Failures.refusal(() -> table.translate(0)).reason());
        assertEquals(Reason.BAD_INPUT, Failures.refusal(() -> table.map(0, 0, K4, RW, gather)).reason());
        assertEquals(Reason.BAD_INPUT, Failures.refusal(() -> table.unmap(0, K4, gather)).reason());
        assertEquals(List.of(0x1003L), Board.entries(table, 0));
    }

    @Test
    void walkShowsEveryEntryWithItsPlace() {
        PageTable table = board.table(3, Board.SIZES);
        table.map(G1 + 3 * M2, 4 * M2, M2, RW, gather);
        List<Long> places = new ArrayList<>();
        table.walk(G1 + 3 * M2 + 5, (level, pa, entry) -> {
            places.add(pa);
            assertEquals(board.memory.load64(pa), entry);
            assertEquals(3 - places.size(), level);
        });
        assertEquals(2, places.size());
        assertEquals(table.root() + 8, places.get(0));
        assertEquals((board.memory.load64(places.get(0)) & -K4) + 3 * 8, places.get(1));
        assertEquals(List.of(0L), Board.entries(table, 0));
        assertEquals(List.of(), Board.entries(table, table.lastIova() + 1));
    }

    @Test
    void aLookUpByTheCursorSaysWhatAnyLookUpSays() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(3 * K4, 0x7000, K4, RW, gather);
        table.map(M2, M2, M2, RW, gather);
        Gather other = new Gather();
        for (int round = 0; round < 2; round++) {
            assertEquals(0x7123, table.translate(3 * K4 + 0x123, other));
            assertEquals(-1, table.translate(4 * K4, other));
            assertEquals(M2 + 5, table.translate(M2 + 5, other));
            assertEquals(-1, table.translate(table.lastIova() + 1, other));
        }
        table.map(4 * K4, 0, M2 - 4 * K4, RW, gather);
        table.unmap(3 * K4, M2 - 3 * K4, gather);
        assertEquals(-1, table.translate(3 * K4, other));
        table.map(0, 0, 3 * K4, RW, gather);
        table.map(3 * K4, 0, M2 - 3 * K4, RW, gather);
        table.unmap(0, M2, gather);
        board.sync(gather);
        table.map(0, M2, M2, RW, gather);
        assertEquals(M2 + 3 * K4, table.translate(3 * K4, other), "its table is gone, a large page is there");
        assertTrue(other.isEmpty());
    }

    @Test
    void whatACursorRemembersDiesWithItsTable() {
        PageTable table = board.table(4, Board.SIZES);
        table.map(0, 0, K4, RW, gather);
        table.map(K4, K4, M2 - K4, RW, gather);
        table.unmap(0, M2, gather);
        board.sync(gather);
        table.map(5 * K4, 0x3000, K4, RW, gather);
        assertEquals(0x3000, table.translate(5 * K4));
        table.free();
        PageTable next = board.table(4, Board.SIZES);
        assertEquals(0, next.unmap(5 * K4, K4, gather));
        next.map(5 * K4, 0x8000, K4, RW, gather);
        assertEquals(0x8000, next.translate(5 * K4));
        next.free();
        assertEquals(0, board.frames.held());
    }
}
