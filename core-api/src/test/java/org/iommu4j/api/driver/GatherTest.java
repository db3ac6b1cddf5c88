package org.iommu4j.api.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GatherTest {
    private final Gather gather = new Gather();

    @Test
    void rangesJoinWithUnsignedComparison() {
        gather.add(-4096, -1, 12);
        gather.add(0x1000, 0x1fff, 12);
        gather.add(0x200000, 0x3fffff, 21);
        assertEquals(0x1000, gather.start());
        assertEquals(-1, gather.last());
        assertEquals(1L << 12 | 1L << 21, gather.pageSizes());
    }

    @Test
    void tablesAreKeptInOrderBeyondTheFirstSixteen() {
        for (long i = 0; i < 40; i++) {
            gather.addTable(i << 12);
        }
        assertEquals(40, gather.tableCount());
        assertEquals(39L << 12, gather.table(39));
    }

    @Test
    void clearForgetsAllButTheCursor() {
        gather.add(0, 0xfff, 12);
        gather.addTable(0x5000);
        gather.cursor()[3] = 7;
        gather.clear();
        assertTrue(gather.isEmpty());
        assertEquals(0, gather.tableCount());
        assertEquals(7, gather.cursor()[3]);
    }

    @Test
    void takingMovesPagesAndTablesAndLeavesTheCursors() {
        Gather other = new Gather();
        gather.add(0x5000, 0x5fff, 12);
        gather.addTable(0x9000);
        other.add(0x200000, 0x3fffff, 21);
        other.addTable(0xa000);
        other.cursor()[1] = 3;
        gather.take(other);
        assertEquals(0x5000, gather.start());
        assertEquals(0x3fffff, gather.last());
        assertEquals(1L << 12 | 1L << 21, gather.pageSizes());
        assertEquals(2, gather.tableCount());
        assertEquals(0xa000, gather.table(1));
        assertEquals(0, gather.cursor()[1]);
        assertTrue(other.isEmpty());
        assertEquals(0, other.tableCount());
        assertEquals(3, other.cursor()[1]);
    }

    @Test
    void takingNothingChangesNothing() {
        gather.add(0x5000, 0x5fff, 12);
        gather.take(new Gather());
        assertEquals(0x5000, gather.start());
        assertEquals(0x5fff, gather.last());
        assertEquals(1L << 12, gather.pageSizes());
    }
}
