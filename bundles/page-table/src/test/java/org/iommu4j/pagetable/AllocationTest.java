package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.Gather;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The hot paths allocate nothing: the JVM counts what a thread allocates. */
class AllocationTest {
    private static final int ROUNDS = 20_000;

    private final Gather gather = new Gather();
    private long seen;

    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#formats")
    void mapUnmapAndTranslateAllocateNothing(Shape shape) {
        ThreadMXBean standard = ManagementFactory.getThreadMXBean();
        assumeTrue(standard instanceof com.sun.management.ThreadMXBean);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) standard;
        assumeTrue(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
        try (Board board = new Board()) {
            PageTable table = board.table(shape.format());
            work(table);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            work(table);
            long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(allocated < ROUNDS,
                    allocated + " bytes in " + ROUNDS + " rounds; one object each is 16 at least");
            assertTrue(seen != 0);
        }
    }

    private void work(PageTable table) {
        for (int round = 0; round < ROUNDS; round++) {
            long iova = round % 64 * Board.M2;
            table.map(iova, 0, Board.K4, Protection.READ, gather);
            seen += table.translate(iova + 1) + table.translate(iova, gather);
            table.unmap(iova, Board.K4, gather);
            table.map(iova + Board.M2 - Board.K4, 0, 2 * Board.K4, Protection.READ, gather);
            table.unmap(iova + Board.M2 - Board.K4, 2 * Board.K4, gather);
            table.map(Board.G1, 0, Board.G1, Protection.READ, gather);
            table.unmap(Board.G1, Board.G1, gather);
            gather.clear();
        }
    }
}
