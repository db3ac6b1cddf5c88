package org.iommu4j.replay.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Laws against a brute-force reference: one mapping number per page of a small window, at both ends of the space. */
class LiveSetTest {

    private static final int PAGES = 48;
    private static final long PAGE = 4096;

    @Test
    void agreesWithAPageByPageReference() {
        long seed = Long.getLong("iommu4j.seed", 20240611L);
        int rounds = 20_000 * Integer.getInteger("iommu4j.scale", 1);
        for (long base : new long[] {0, Long.MAX_VALUE - 8 * PAGE + 1, -PAGES * PAGE}) {
            run(new Random(seed), base, rounds, "seed " + seed + ", base " + Long.toHexString(base));
        }
    }

    private void run(Random random, long base, int rounds, String hint) {
        LiveSet live = new LiveSet();
        int[] pages = new int[PAGES];
        for (int round = 1; round <= rounds; round++) {
            int first = random.nextInt(PAGES);
            int count = 1 + random.nextInt(Math.min(6, PAGES - first));
            long iova = base + first * PAGE;
            long length = count * PAGE;
            boolean free = free(pages, first, count);
            assertEquals(free, live.overlapping(iova, length) == null, hint);
            boolean split = splits(pages, first, count);
            assertEquals(split, live.split(iova, length) != null, hint);
            assertEquals(!split && full(pages, first, count), live.filledExactly(iova, length), hint);
            if (free) {
                live.add(iova, length, round);
                java.util.Arrays.fill(pages, first, first + count, round);
            } else if (!split) {
                long[] removed = new long[1];
                live.remove(iova, length, mapping -> removed[0] += mapping.length());
                assertEquals(used(pages, first, count) * PAGE, removed[0], hint);
                java.util.Arrays.fill(pages, first, first + count, 0);
            }
            assertEquals(used(pages, 0, PAGES) * PAGE, live.bytes(), hint);
        }
    }

    private static int used(int[] pages, int first, int count) {
        int used = 0;
        for (int page = first; page < first + count; page++) {
            used += pages[page] != 0 ? 1 : 0;
        }
        return used;
    }

    private static boolean free(int[] pages, int first, int count) {
        return used(pages, first, count) == 0;
    }

    private static boolean full(int[] pages, int first, int count) {
        return used(pages, first, count) == count;
    }

    private static boolean splits(int[] pages, int first, int count) {
        int end = first + count;
        boolean atStart = first > 0 && pages[first] != 0 && pages[first - 1] == pages[first];
        boolean atEnd = end < PAGES && pages[end] != 0 && pages[end - 1] == pages[end];
        return atStart || atEnd;
    }

    @Test
    void aTakenRangeIsNotAddedAgain() {
        LiveSet live = new LiveSet();
        live.add(0x1000, 0x2000, 1);
        assertThrows(IllegalArgumentException.class, () -> live.add(0x2000, 0x1000, 2));
        assertEquals(0x2000, live.bytes());
    }
}
