package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.pagetable.vtdss.VtdSecondStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What another thread can do between two steps of a call, done at exactly that place. */
class InterleavingTest {
    private static final long K4 = Board.K4;
    private static final long M2 = Board.M2;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Board board = new Board();
    private final Gather gather = new Gather();
    private final Gather otherGather = new Gather();
    private final Deque<Runnable> onLink = new ArrayDeque<>();
    private final Deque<Runnable> onAllocate = new ArrayDeque<>();
    private final PageTable table = PageTable.create(new Hooked(), board.memory, new HookedFrames());

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void aLookUpInATableThatIsFreedMeanwhileFindsNothing() {
        table.map(0, K4, M2 - K4, RW, gather);
        table.map(M2 - K4, M2, K4, RW, gather);
        atLink(3, () -> {
            assertEquals(M2, table.unmap(0, M2, otherGather));
            long freed = otherGather.table(0);
            board.sync(otherGather);
            assertEquals(FrameTable.POISON, board.memory.load64(freed));
        });
        assertEquals(-1, table.translate(5 * K4));
        assertTrue(onLink.isEmpty(), "the hook ran");
    }

    @Test
    void aLookUpInATableThatIsUsedAnewFindsWhatIsMappedThen() {
        table.map(0, K4, M2 - K4, RW, gather);
        table.map(M2 - K4, M2, K4, RW, gather);
        atLink(3, () -> {
            table.unmap(0, M2, otherGather);
            board.sync(otherGather);
            table.map(7 * M2 + 5 * K4, 0x77000, K4, RW, otherGather);
            table.map(0, M2, M2, RW, otherGather);
        });
        assertEquals(M2 + 5 * K4, table.translate(5 * K4));
        assertTrue(onLink.isEmpty(), "the hook ran");
    }

    @Test
    void whoLosesTheRaceToLinkATableFreesItsOwnAndUsesTheOther() {
        for (int lost = 0; lost < 3; lost++) {
            int skip = lost;
            PageTable fresh = PageTable.create(new Hooked(), board.memory, new HookedFrames());
            long before = board.frames.held();
            for (int i = 0; i < skip; i++) {
                onAllocate.add(() -> { });
            }
            onAllocate.add(() -> fresh.map(K4, 0x9000, K4, RW, otherGather));
            fresh.map(0, 0x8000, K4, RW, gather);
            assertTrue(onAllocate.isEmpty(), "the hook ran");
            assertEquals(before + 3 * K4, board.frames.held(), "one table for each of levels 0 to 2");
            assertEquals(List.of(new Board.Run(0, 0x8000, 2 * K4, RW, 12)), Board.runs(fresh));
            fresh.free();
        }
        table.free();
        assertEquals(0, board.frames.held());
    }

    @Test
    void whoFindsAPageWhereItWantedToLinkATableIsRefused() {
        onAllocate.add(() -> { });
        onAllocate.add(() -> { });
        onAllocate.add(() -> table.map(0, 0, M2, RW, otherGather));
        assertEquals(Reason.EXISTS, Failures.refusal(() -> table.map(0, 0x8000, K4, RW, gather)).reason());
        assertEquals(List.of(new Board.Run(0, 0, M2, RW, 21)), Board.runs(table));
        table.free();
        assertEquals(0, board.frames.held());
    }

    @Test
    void aFormatWithoutMarksOfWritesRefusesScans() {
        assertEquals(Reason.NOT_SUPPORTED,
                Failures.refusal(() -> table.readDirty(0, K4, (iova, length, size) -> { })).reason());
    }

    /** Runs something after the n-th link from now on has been read, before its table is looked at. */
    private void atLink(int n, Runnable action) {
        for (int i = 1; i < n; i++) {
            onLink.add(() -> { });
        }
        onLink.add(action);
    }

    private static void next(Deque<Runnable> hooks) {
        Runnable hook = hooks.poll();
        if (hook != null) {
            hook.run();
        }
    }

    /** The VT-d format, with a stop where a link has been read. */
    private final class Hooked extends Format {
        private final VtdSecondStage format;

        Hooked() {
            super(4, 12, Board.OUTPUT_BITS, Board.SIZES, 3);
            format = new VtdSecondStage(4, Board.SIZES, Board.OUTPUT_BITS);
        }

        @Override
        public long linked(long entry) {
            next(onLink);
            return format.linked(entry);
        }

        @Override
        public long attributes(int level, int protection) {
            return format.attributes(level, protection);
        }

        @Override
        public long leaf(long pa, long attributes) {
            return format.leaf(pa, attributes);
        }

        @Override
        public boolean isLeaf(long entry, int level) {
            return format.isLeaf(entry, level);
        }

        @Override
        public long leafAddress(long entry, int level) {
            return format.leafAddress(entry, level);
        }

        @Override
        public int protection(long entry) {
            return format.protection(entry);
        }

        @Override
        public long link(long child, int level) {
            return format.link(child, level);
        }
    }

    /** The board's allocator, with a stop after each allocation. */
    private final class HookedFrames implements PageAllocator {
        @Override
        public long allocate(int sizeLg2) {
            long pa = board.frames.allocate(sizeLg2);
            next(onAllocate);
            return pa;
        }

        @Override
        public void free(long pa, int sizeLg2) {
            board.frames.free(pa, sizeLg2);
        }

        @Override
        public String owner() {
            return board.frames.owner();
        }

        @Override
        public long held() {
            return board.frames.held();
        }

        @Override
        public TablePool pool() {
            return board.frames.pool();
        }
    }
}
