package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.Gather;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads that own disjoint ranges and share tables, and look-ups that race with them. */
@Timeout(120)
class ParallelTest {
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);
    private static final int RW = Protection.READ | Protection.WRITE;
    private static final long K4 = Board.K4;
    private static final long M2 = Board.M2;

    private final Board board = new Board();
    private final ExecutorService threads = Executors.newFixedThreadPool(3);

    @AfterEach
    void close() throws InterruptedException {
        threads.shutdownNow();
        assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
        board.close();
    }

    /** Both link the same tables at the same moment: one wins, the other frees its own. */
    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#formats")
    void twoThreadsLinkTheTablesOfOneRegion(Shape shape) throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < 300 * SCALE; round++) {
            PageTable table = board.table(shape.format());
            run(2, who -> {
                Gather gather = new Gather();
                together.await(10, TimeUnit.SECONDS);
                for (long page = who; page < 16; page += 2) {
                    table.map(page * K4, (page + 100) * K4, K4, RW, gather);
                }
            });
            for (long page = 0; page < 16; page++) {
                assertEquals((page + 100) * K4, table.translate(page * K4));
            }
            assertEquals(4 * K4, board.frames.held(), "one table a level");
            table.free();
            assertEquals(0, board.frames.held());
        }
    }

    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#formats")
    void neighboursWorkWhileWholeTablesComeAndGo(Shape shape) throws Exception {
        PageTable table = board.table(shape.format());
        long before = board.frames.held();
        run(2, who -> {
            Gather gather = new Gather();
            Random random = new Random(who);
            long start = Board.G1 - 4 * M2 + who * 4 * M2; // either side of 1 GiB: the third table is shared
            for (int i = 0; i < 1500 * SCALE; i++) {
                long iova = start + random.nextInt(4) * M2;
                boolean whole = random.nextBoolean();
                long at = whole ? iova : iova + random.nextInt(512) * K4;
                long length = whole ? M2 : Math.min(1 + random.nextInt(3), (iova + M2 - at) / K4) * K4;
                table.map(at, at + K4, length, RW, gather);
                assertEquals(at + K4, table.translate(at));
                assertEquals(at + length - 1 + K4, table.translate(at + length - 1));
                assertEquals(length, table.unmap(at, length, gather));
                assertEquals(-1, table.translate(at));
                board.sync(gather);
            }
        });
        assertEquals(List.of(), Board.runs(table));
        table.free();
        assertEquals(before - K4, board.frames.held());
    }

    /** Tables are freed, poisoned and used again at once, by this table and by another one with other contents. */
    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#formats")
    void aLookUpThatRacesSeesTheMappingOrNothing(Shape shape) throws Exception {
        PageTable table = board.table(shape.format());
        PageTable other = board.table(shape.format());
        AtomicBoolean done = new AtomicBoolean();
        long other1 = 1L << 40;
        run(3, who -> {
            Gather gather = new Gather();
            if (who == 0) {
                long seen = 0;
                long steps = 0;
                while (!done.get() || seen == 0) {
                    long iova = steps++ % 1024 * K4 + 0x123;
                    long pa = (steps & 1) == 0 ? table.translate(iova) : table.translate(iova, gather);
                    assertTrue(pa == -1 || pa == iova + K4, () -> String.format("%#x -> %#x", iova, pa));
                    seen += pa != -1 ? 1 : 0;
                    if (done.get() && steps % 1024 == 0 && table.translate(0) == -1) {
                        table.map(0, K4, K4, RW, gather);
                    }
                }
            } else if (who == 1) {
                for (int i = 0; i < 3000 * SCALE; i++) {
                    table.map(0, K4, 2 * M2, RW, gather);
                    table.unmap(0, 2 * M2, gather);
                    board.sync(gather);
                }
                done.set(true);
            } else {
                while (!done.get()) {
                    other.map(0, other1, M2 - K4, Protection.READ, gather);
                    other.map(M2 - K4, other1, K4, Protection.READ, gather);
                    other.unmap(0, M2, gather);
                    board.sync(gather);
                }
            }
        });
        table.free();
        other.free();
        assertEquals(0, board.frames.held());
    }

    private interface Work {
        void run(int who) throws Exception;
    }

    private void run(int count, Work work) throws Exception {
        List<Callable<Void>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int who = i;
            calls.add(() -> {
                work.run(who);
                return null;
            });
        }
        for (Future<Void> result : threads.invokeAll(calls)) {
            result.get();
        }
    }
}
