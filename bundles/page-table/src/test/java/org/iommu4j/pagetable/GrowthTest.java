package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.pagetable.amdv1.AmdV1;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A table that gets more levels while it is in use. */
class GrowthTest {
    private static final long K4 = Board.K4;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Board board = new Board();
    private final Gather gather = new Gather();

    @AfterEach
    void close() {
        board.close();
    }

    private static AmdV1 format(int levels) {
        return new AmdV1(levels, AmdV1.PAGE_SIZES, Board.OUTPUT_BITS);
    }

    @Test
    void aGrownTableMapsTheSameAndHasRoomAbove() {
        PageTable table = board.table(format(3));
        table.map(0, 0x1000_0000, K4, RW, gather);
        table.map((1L << 39) - K4, 0, K4, RW, gather);
        List<Board.Run> before = Board.runs(table);
        PageTable grown = table.grown(format(4));
        assertNotEquals(table.root(), grown.root());
        assertEquals(table.root() | 3 << 9 | 0x6000000000000001L, board.memory.load64(grown.root()), "NextLevel 3");
        assertEquals((1L << 48) - 1, grown.lastIova());
        assertEquals(before, Board.runs(grown));
        grown.map(1L << 40, 0x2000_0000, K4, RW, gather);
        assertEquals(0x2000_0000, grown.translate(1L << 40));
        grown = grown.grown(format(6));
        grown.map(1L << 61, 0x3000_0000, K4, RW, gather);
        assertEquals(0x3000_0000, grown.translate(1L << 61));
        assertEquals(0x1000_0000, grown.translate(0));
        assertEquals(0x1000_0000, table.translate(0), "the smaller object is of the same tables");
        grown.free();
        assertEquals(0, board.frames.held());
    }

    @Test
    void aGrowthThatIsTakenBackLeavesTheOldTop() {
        PageTable table = board.table(format(3));
        table.map(0, 0x1000_0000, K4, RW, gather);
        long held = board.frames.held();
        table.grown(format(6)).undoGrowth();
        assertEquals(held, board.frames.held());
        assertEquals(0x1000_0000, table.translate(0));
    }

    @Test
    void aGrowthWithoutFramesChangesNothing() {
        try (Board small = new Board(2 * K4)) {
            PageTable table = small.table(format(3));
            assertEquals(Reason.NO_MEMORY, Failures.refusal(() -> table.grown(format(5))).reason());
            assertEquals(K4, small.frames.held());
        }
    }

    @Test
    @Timeout(120)
    void lookUpsInEitherObjectNeverSeeATableThatTheOtherUnlinked() throws Exception {
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            for (int round = 0; round < 50 * Integer.getInteger("iommu4j.scale", 1); round++) {
                unlinkWhileGrowing(reader, round % 2 == 0);
            }
        } finally {
            reader.shutdownNow();
            assertTrue(reader.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    private void unlinkWhileGrowing(ExecutorService reader, boolean bySmaller) throws Exception {
        PageTable small = board.table(format(3));
        AtomicReference<PageTable> current = new AtomicReference<>(small);
        AtomicBoolean end = new AtomicBoolean();
        Future<Long> looks = reader.submit(() -> {
            Gather mine = new Gather();
            long count = 0;
            while (!end.get()) {
                long pa = (count & 1) == 0 ? current.get().translate(0, mine) : current.get().translate(0);
                assertTrue(pa == -1 || pa == K4, () -> Long.toHexString(pa));
                count++;
            }
            return count;
        });
        for (int turn = 0; turn < 200; turn++) {
            if (turn == 100) {
                current.set(small.grown(format(5)));
            }
            PageTable table = bySmaller ? small : current.get();
            table.map(0, K4, K4, RW, gather);
            table.map(K4, 3 * K4, Board.M2 - K4, RW, gather);
            table.unmap(0, Board.M2, gather);
            poison();
            board.sync(gather);
        }
        end.set(true);
        looks.get(60, TimeUnit.SECONDS);
        current.get().free();
    }

    /** What else a freed frame may be used for at once: here, entries that lead to a wrong address. */
    private void poison() {
        for (int i = 0; i < gather.tableCount(); i++) {
            board.memory.store64(gather.table(i), 0x7000_0000_0bad_0001L);
        }
    }
}
