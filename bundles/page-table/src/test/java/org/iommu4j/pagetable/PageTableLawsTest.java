package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random maps and unmaps, in every format, against a reference that knows nothing but the smallest pages. */
class PageTableLawsTest {
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);

    private final Board board = new Board();
    private final Gather gather = new Gather();
    /** Of a thread that only looks. */
    private final Gather reader = new Gather();
    /** IOVA of a page to its physical address and, in the low bits, its protection. */
    private final TreeMap<Long, Long> reference = new TreeMap<>();

    /** Sizes of the smallest page, and of the next. */
    private long page;
    private long large;
    /** Bytes of IOVA that are mapped and unmapped around certain places. */
    private long window;

    @AfterEach
    void close() {
        board.close();
    }

    static Stream<Shape> shapes() {
        return Shape.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void everyCallAgreesWithTheReference(Shape shape) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        PageTable table = board.table(shape.format());
        page = 1L << shape.format().granuleLg2();
        large = 1L << shape.format().shift(1);
        window = Math.max(2, 8 >> shape.format().granuleLg2() - 12) * large;
        long[] windows = windows(shape.format(), table);
        try {
            for (int step = 0; step < 300 * SCALE; step++) {
                long start = windows[random.nextInt(windows.length)];
                long iova = start + range(random);
                long length = Math.min(1 + range(random) / page, (start + window - iova) / page)
                        * page;
                if (random.nextInt(5) < 3) {
                    map(shape, table, iova, target(random, iova), length, 1 + random.nextInt(3));
                } else {
                    unmap(shape.format(), table, iova, length);
                }
                compareTranslations(table, random, windows);
                if (step % 10 == 0) {
                    compareEnumeration(table);
                }
            }
            compareEnumeration(table);
            freeReturnsAllFrames(table);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** The lowest IOVAs, the highest, and around where tables meet, the tables of a root among them. */
    private long[] windows(Format format, PageTable table) {
        long meet = 1L << (format.levels() > 2 ? format.shift(2) : format.shift(1) + 3);
        long last = table.lastIova() + 1 - window;
        int reach = format.shift(format.levels());
        long roots = reach < Long.SIZE - 1 ? 1L << reach : last;
        return new long[] {0, meet - window / 2, last, roots < last ? roots - window / 2 : last};
    }

    /** An offset in a window: often a multiple of the large page, often small. */
    private long range(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt((int) (window / large)) * large;
            case 1 -> random.nextInt(16) * page;
            case 2 -> random.nextInt((int) (window / large)) * large + random.nextInt(4) * page;
            default -> random.nextInt((int) (window / page)) * page;
        };
    }

    private long target(Random random, long iova) {
        long at = (long) random.nextInt(1 << 20) * page;
        return random.nextInt(3) == 0 ? at : (at & -large) + (iova & large - 1);
    }

    private void map(Shape shape, PageTable table, long iova, long pa, long length, int protection) {
        Long mapped = reference.ceilingKey(iova);
        boolean free = mapped == null || mapped >= iova + length;
        if (!free) {
            List<Board.Run> before = Board.runs(table);
            IommuException refused = Failures.refusal(() -> table.map(iova, pa, length, protection, gather));
            assertEquals(Reason.EXISTS, refused.reason());
            assertTrue(refused.getMessage().contains(String.format("IOVA %#x ", Math.max(iova, mapped)))
                    || table.pageSizes() != page, refused.getMessage());
            assertEquals(before, Board.runs(table));
            return;
        }
        table.map(iova, pa, length, protection, gather);
        for (long at = 0; at < length; at += page) {
            reference.put(iova + at, pa + at | protection | shape.always());
        }
    }

    private void unmap(Format format, PageTable table, long iova, long length) {
        long expected = 0;
        while (expected < length && reference.containsKey(iova + expected)) {
            expected += page;
        }
        if (splits(format, table, iova, true) || splits(format, table, iova + length - 1, false)) {
            List<Board.Run> before = Board.runs(table);
            IommuException refused = Failures.refusal(() -> table.unmap(iova, length, gather));
            assertEquals(Reason.INCOMPATIBLE, refused.reason());
            assertEquals(before, Board.runs(table));
            assertTrue(gather.isEmpty());
            return;
        }
        assertEquals(expected, table.unmap(iova, length, gather));
        assertEquals(expected == 0, gather.isEmpty());
        if (expected != 0) {
            assertEquals(iova, gather.start());
            assertEquals(iova + expected - 1, gather.last());
        }
        reference.subMap(iova, iova + expected).clear();
        board.sync(gather, format.granuleLg2());
    }

    /** Whether the page at an end of a range goes on beyond it. */
    private static boolean splits(Format format, PageTable table, long end, boolean first) {
        boolean[] splits = {false};
        table.walk(end, (level, pa, entry) -> {
            boolean page = (entry & format.presentBits()) != 0 && format.isLeaf(entry, level);
            long mask = page ? (1L << format.pageLg2(entry, level)) - 1 : 0;
            splits[0] = page && (end & mask) != (first ? 0 : mask);
        });
        return splits[0];
    }

    private void compareTranslations(PageTable table, Random random, long[] windows) {
        for (long start : windows) {
            long iova = start + random.nextInt((int) window);
            Long entry = reference.get(iova & -page);
            assertEquals(entry == null ? -1 : (entry & -page) + (iova & page - 1), table.translate(iova));
            assertEquals(table.translate(iova), table.translate(iova, reader));
        }
    }

    private void compareEnumeration(PageTable table) {
        TreeMap<Long, Long> found = new TreeMap<>();
        Board.Run previous = null;
        for (Board.Run run : Board.runs(table)) {
            long size = 1L << run.pageSizeLg2();
            assertTrue((table.pageSizes() & size) != 0, run + " is of a size that is not allowed");
            assertEquals(0, (run.iova() | run.pa() | run.length()) & size - 1, run + " is not aligned");
            assertFalse(previous != null && previous.iova() + previous.length() == run.iova()
                    && previous.pa() + previous.length() == run.pa() && previous.protection() == run.protection()
                    && previous.pageSizeLg2() == run.pageSizeLg2(), previous + " and " + run + " are one run");
            for (long at = 0; at < run.length(); at += page) {
                found.put(run.iova() + at, run.pa() + at | run.protection());
            }
            previous = run;
        }
        assertEquals(reference, found);
    }

    private void freeReturnsAllFrames(PageTable table) {
        table.free();
        assertEquals(0, board.frames.held());
    }
}
