package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What hardware wrote is reported once, and nothing else is. */
class DirtyTest {
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);
    private static final long K4 = Board.K4;
    private static final long M2 = Board.M2;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Board board = new Board();
    private final Gather gather = new Gather();
    /** First IOVA of every page that is written, to log2 of its size. */
    private final TreeMap<Long, Integer> written = new TreeMap<>();

    @AfterEach
    void close() {
        board.close();
    }

    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#fourKibibytes")
    void everyScanAgreesWithTheReference(Shape shape) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PageTable table = board.table(shape.format());
        long start = table.lastIova() + 1 - 8 * M2;
        table.map(start, 0, 3 * M2 + 5 * K4, RW, gather);
        table.map(start + 4 * M2 + K4, 4 * M2, 4 * M2 - K4, Protection.WRITE, gather);
        table.readAndClearDirty(start, 8 * M2, (iova, length, size) -> { });
        List<Board.Run> mapped = Board.runs(table);
        try {
            for (int step = 0; step < 200 * SCALE; step++) {
                for (int i = random.nextInt(6); i > 0; i--) {
                    write(shape, table, start + random.nextInt(8 * 512) * K4);
                }
                long iova = start + random.nextInt(8 * 512) * K4;
                long length = (1 + random.nextInt((int) ((start + 8 * M2 - iova) / K4))) * K4;
                boolean clear = random.nextBoolean();
                assertEquals(expected(iova, length, clear), scan(table, iova, length, clear));
                assertEquals(mapped, Board.runs(table));
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#formats")
    void aRangeInsideALargePageReportsAllOfIt(Shape shape) {
        PageTable table = board.table(shape.format());
        table.map(M2, M2, 2 * M2, RW, gather);
        scan(table, 0, 4 * M2, true);
        write(shape, table, M2);
        assertEquals(List.of(new Dirty(M2, M2, 21)), scan(table, M2 + 7 * K4, K4, true));
        assertEquals(List.of(), scan(table, 0, 4 * M2, true));
    }

    @ParameterizedTest
    @MethodSource("org.iommu4j.pagetable.Shape#formats")
    @Timeout(120)
    void noWriteIsLostBetweenHardwareAndAScan(Shape shape) throws Exception {
        PageTable table = board.table(shape.format());
        table.map(0, K4, 8 * K4, RW, gather); // never aligned alike: no contiguous pages
        scan(table, 0, 8 * K4, true);
        long leaves = leaf(table, 0);
        long[] reported = new long[1];
        ExecutorService hardware = Executors.newSingleThreadExecutor();
        try {
            Callable<Long> writes = () -> setInTurn(shape, leaves, 20_000L * SCALE);
            Future<Long> set = hardware.submit(writes);
            while (!set.isDone()) {
                table.readAndClearDirty(0, 8 * K4, (iova, length, size) -> reported[0] += length / K4);
            }
            table.readAndClearDirty(0, 8 * K4, (iova, length, size) -> reported[0] += length / K4);
            assertEquals(set.get(), reported[0]);
        } finally {
            hardware.shutdownNow();
            assertTrue(hardware.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void badRangesAreRefused() {
        PageTable table = board.table(4, Board.SIZES);
        DirtyVisitor none = (iova, length, size) -> { };
        assertEquals(Reason.INCOMPATIBLE, Failures.refusal(() -> table.readDirty(1, K4, none)).reason());
        assertEquals(Reason.INCOMPATIBLE, Failures.refusal(() -> table.readAndClearDirty(0, 0, none)).reason());
        assertEquals(Reason.OVERFLOW,
                Failures.refusal(() -> table.readDirty(table.lastIova() + 1, K4, none)).reason());
    }

    /** Sets the mark of one leaf after the other as hardware does, and counts how often it was not set. */
    private long setInTurn(Shape shape, long leaves, long count) {
        long set = 0;
        for (long i = 0; i < count; i++) {
            long pa = leaves + i % 8 * 8;
            long entry = board.memory.loadAcquire64(pa);
            while ((entry & shape.written()) == 0) {
                if (board.memory.compareAndSet64(pa, entry, entry | shape.written())) {
                    set++;
                    break;
                }
                entry = board.memory.loadAcquire64(pa);
            }
        }
        return set;
    }

    private void write(Shape shape, PageTable table, long iova) {
        if (table.translate(iova) == -1) {
            return;
        }
        long leaf = leaf(table, iova);
        board.memory.store64(leaf, board.memory.load64(leaf) | shape.written());
        int[] size = new int[1];
        table.walk(iova, (level, pa, entry) -> size[0] = shape.format().pageLg2(entry, level));
        written.put(iova & -1L << size[0], size[0]);
    }

    private static long leaf(PageTable table, long iova) {
        long[] last = new long[1];
        table.walk(iova, (level, pa, entry) -> last[0] = pa);
        return last[0];
    }

    private List<Dirty> expected(long iova, long length, boolean clear) {
        List<Dirty> runs = new ArrayList<>();
        for (long page : List.copyOf(written.keySet())) {
            int sizeLg2 = written.get(page);
            long size = 1L << sizeLg2;
            if (page + size <= iova || page >= iova + length) {
                continue;
            }
            Dirty last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.iova + last.length == page && last.pageSizeLg2 == sizeLg2) {
                runs.set(runs.size() - 1, new Dirty(last.iova, last.length + size, sizeLg2));
            } else {
                runs.add(new Dirty(page, size, sizeLg2));
            }
            if (clear) {
                written.remove(page);
            }
        }
        return runs;
    }

    private static List<Dirty> scan(PageTable table, long iova, long length, boolean clear) {
        List<Dirty> runs = new ArrayList<>();
        DirtyVisitor visitor = (first, bytes, sizeLg2) -> runs.add(new Dirty(first, bytes, sizeLg2));
        if (clear) {
            table.readAndClearDirty(iova, length, visitor);
        } else {
            table.readDirty(iova, length, visitor);
        }
        return runs;
    }

    private record Dirty(long iova, long length, int pageSizeLg2) {
    }
}
