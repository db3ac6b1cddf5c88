package org.iommu4j.core.iova;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

class FreeRangesTest {
    private static final int LAST = 700;

    @Test
    void eachTakeFindsTheHighestPlaceThatIsFreeAlignedAndWithinTheLimit() {
        long seed = Long.getLong("iommu4j.seed", 4711L);
        int rounds = 20 * Integer.getInteger("iommu4j.scale", 1);
        for (int round = 0; round < rounds; round++) {
            compare(new Random(seed + round), "seed " + (seed + round));
        }
    }

    private static void compare(Random random, String where) {
        FreeRanges ranges = new FreeRanges(1, LAST);
        BitSet free = new BitSet();
        free.set(1, LAST + 1);
        List<long[]> taken = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            int choice = random.nextInt(100);
            if (choice < 55) {
                int pages = 1 + random.nextInt(random.nextInt(10) == 0 ? 200 : 12);
                int alignment = 1 << random.nextInt(8);
                int limit = random.nextBoolean() ? LAST : random.nextInt(LAST + 50);
                long found = ranges.take(pages, alignment, limit);
                assertEquals(highest(free, pages, alignment, limit), found, where + ", step " + step);
                if (found != FreeRanges.NONE) {
                    free.clear((int) found, (int) found + pages);
                    taken.add(new long[] {found, pages});
                }
            } else if (choice < 98 && !taken.isEmpty()) {
                long[] back = taken.remove(random.nextInt(taken.size()));
                ranges.give(back[0], back[1]);
                free.set((int) back[0], (int) (back[0] + back[1]));
            } else if (choice == 98) {
                int first = random.nextInt(LAST);
                int last = first + random.nextInt(9);
                ranges.takeAll(first, last);
                free.clear(first, last + 1);
            }
            assertEquals(free.cardinality(), ranges.free(), where + ", step " + step);
        }
    }

    private static long highest(BitSet free, int pages, int alignment, int limit) {
        for (int first = Math.min(limit, LAST) - pages + 1 & -alignment; first >= 0; first -= alignment) {
            int used = free.nextClearBit(first);
            if (used >= first + pages) {
                return first;
            }
        }
        return FreeRanges.NONE;
    }

    @Test
    void neighboursThatAreGivenBackJoin() {
        FreeRanges ranges = new FreeRanges(0, 63);
        for (int page = 63; page >= 0; page--) {
            assertEquals(page, ranges.take(1, 1, 63));
        }
        for (int page = 0; page < 64; page += 2) {
            ranges.give(page, 1);
        }
        assertEquals(FreeRanges.NONE, ranges.take(2, 1, 63));
        for (int page = 1; page < 64; page += 2) {
            ranges.give(page, 1);
        }
        assertEquals(0, ranges.take(64, 64, 63));
    }

    @Test
    void pagesThatAreFreeCannotBeGivenBackAndNothingChanges() {
        FreeRanges ranges = new FreeRanges(0, 99);
        long first = ranges.take(10, 1, 49);
        for (long start : new long[] {first - 1, first + 1, first - 20, 0}) {
            IommuException e = assertThrows(IommuException.class, () -> ranges.give(start, 10));
            assertEquals(Reason.INCOMPATIBLE, e.reason());
        }
        assertEquals(90, ranges.free());
        ranges.give(first, 10);
        assertEquals(0, ranges.take(100, 1, 99));
    }

    @Test
    void aSpaceOf52BitsOfPagesWorks() {
        long last = (1L << 52) - 1;
        FreeRanges ranges = new FreeRanges(1, last);
        assertEquals(last, ranges.take(1, 1, last));
        assertEquals(FreeRanges.NONE, ranges.take(1L << 51, 1L << 51, last), "each half lacks a page");
        assertEquals(3L << 50, ranges.take((1L << 50) - 1, 1L << 50, last));
    }
}
