package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.iommu4j.pagetable.x86.X86Paging;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For callers that share entries with hardware: where they lie, their marks, and tables that have become empty. */
class SingleEntryTest {
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

    private static Format format(String name) {
        return name.equals("x86") ? new X86Paging(4, K4, 46, true) : new ArmStage1(12, 48, 46, true);
    }

    private PageTable table(Format format) {
        return PageTable.create(format, board.memory, board.frames);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86", "arm"})
    void anEntryThatIsStoredWhereItLiesMapsItsPage(String name) {
        Format format = format(name);
        PageTable table = table(format);
        long iova = 5 * G1 + 3 * M2 + 7 * K4;
        assertEquals(-1, table.findEntry(iova));
        long at = table.reachEntry(iova, gather);
        assertEquals(at, table.findEntry(iova));
        assertEquals(-1, table.translate(iova));
        assertTrue(board.memory.compareAndSet64(at, 0, format.leaf(9 * K4, format.attributes(0, RW))));
        assertEquals(9 * K4 + 5, table.translate(iova + 5));
        assertEquals(Reason.INCOMPATIBLE, assertThrows(IommuException.class,
                () -> table.reachEntry(iova + 1, gather)).reason());
        assertEquals(Reason.OVERFLOW, assertThrows(IommuException.class,
                () -> table.reachEntry(1L << 48, gather)).reason());
        assertEquals(-1, table.findEntry(1L << 48));
        table.free();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86", "arm"})
    void marksAreSetAndClearedWithoutTouchingTheRest(String name) {
        Format format = format(name);
        long leaf = format.cleaned(format.leaf(9 * K4, format.attributes(0, RW)));
        assertTrue(format.isAccessed(leaf));
        assertFalse(format.isDirty(leaf));
        long aged = format.aged(leaf);
        assertFalse(format.isAccessed(aged));
        assertEquals(format.protection(leaf), format.protection(aged));
        assertEquals(leaf, format.touched(aged, false));
        long written = format.touched(aged, true);
        assertTrue(format.isAccessed(written) && format.isDirty(written));
        assertEquals(leaf, format.cleaned(written));
        assertEquals(RW, format.protection(written) & RW);
    }

    @Test
    void onlyEmptyTablesThatTheRangeCoversAreUnlinked() {
        PageTable table = table(format("x86"));
        long empty = board.frames.held();
        long kept = table.reachEntry(G1, gather);
        board.memory.store64(kept, 1);
        table.reachEntry(2 * G1, gather);
        table.reachEntry(2 * G1 + M2, gather);
        table.reachEntry(1L << 40, gather);
        table.prune(2 * G1, M2, gather);
        assertEquals(1, gather.tableCount());
        assertEquals(2 * G1, gather.start());
        assertEquals(2 * G1 + M2 - 1, gather.last());
        assertEquals(-1, table.findEntry(2 * G1));
        assertTrue(table.findEntry(2 * G1 + M2) >= 0);
        table.prune(2 * G1 + M2, M2 - K4, gather);
        assertEquals(1, gather.tableCount(), "the range covers less than the table");
        table.prune(0, table.lastIova() + 1, gather);
        // Of the second GiB the directory and its last table; of the far address one of each level.
        assertEquals(1 + 2 + 3, gather.tableCount());
        assertEquals(kept, table.findEntry(G1));
        for (int i = 0; i < gather.tableCount(); i++) {
            board.frames.free(gather.table(i), 12);
        }
        assertEquals(empty + 3 * K4, board.frames.held());
        assertEquals(kept, table.reachEntry(G1, gather), "no remembered table is used once another was unlinked");
        table.free();
    }
}
