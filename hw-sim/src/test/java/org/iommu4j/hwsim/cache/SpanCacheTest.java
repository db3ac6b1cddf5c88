package org.iommu4j.hwsim.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpanCacheTest {
    private static final int STEPS = 20_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int TAGS = 3;
    private static final int SIZES = 6;
    private static final int PAGES = 64;

    private final Generation generation = new Generation();

    /** What a cache that never evicts must hold: by tag, size and first page. */
    private record Span(int tag, int lg2, long address) {
    }

    private void put(SpanCache cache, int tag, long address, int lg2, long word) {
        cache.put(tag, address, lg2, word, generation.current());
    }

    @Test
    void theSmallestSpanIsFound() {
        SpanCache cache = new SpanCache(new CacheGeometry(64, 4), 1, generation);
        put(cache, 1, 0x12_3456, 21, 7);
        put(cache, 1, 0x12_3456, 13, 8);
        assertEquals(8, cache.find(1, 0x12_2000));
        assertEquals(7, cache.find(1, 0x12_4000));
        assertEquals(7, cache.get(1, 0x12_2000, 21));
        assertEquals(0, cache.get(1, 0x12_2000, 12));
        assertEquals(0, cache.find(2, 0x12_2000));
        assertEquals(0, cache.find(1, 0x20_0000));
    }

    @Test
    void theLargestSpanAndTheLargestAddressAreKept() {
        SpanCache cache = new SpanCache(new CacheGeometry(64, 4), 1, generation);
        put(cache, 0xffff, 0x3ff_ffff_ffff_f000L, 12, 7);
        put(cache, 0xffff, 0, 58, 8);
        assertEquals(7, cache.find(0xffff, 0x3ff_ffff_ffff_f000L));
        assertEquals(8, cache.find(0xffff, 0x3ff_ffff_ffff_e000L));
        assertEquals(0, cache.find(0xfffe, 0x3ff_ffff_ffff_e000L));
        assertEquals(0, cache.find(0xffff, 0x7ff_ffff_ffff_f000L), "59 bits");
        put(cache, 0xffff, 0x7ff_ffff_ffff_f000L, 12, 9);
        assertEquals(0, cache.find(0xffff, 0x7ff_ffff_ffff_f000L));
    }

    @Test
    void aTagOfNothingIsNotKept() {
        SpanCache cache = new SpanCache(new CacheGeometry(1, 1), 1, generation);
        put(cache, TagTable.NONE, 0, 12, 7);
        assertEquals(0, cache.find(TagTable.NONE, 0));
    }

    @Test
    void blocksTakeWhatLiesInsideThemAndNothingElse() {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        Random random = new Random(seed);
        // Both ways of removal: span by span, and set by set.
        for (int sets : new int[] {64, 4096}) {
            SpanCache cache = new SpanCache(new CacheGeometry(sets, 64), seed, generation);
            Map<Span, Long> expected = new HashMap<>();
            for (int step = 1; step <= STEPS; step++) {
                int tag = 1 + random.nextInt(TAGS);
                int lg2 = 12 + random.nextInt(SIZES + 1);
                long address = 0x1000L * random.nextInt(PAGES);
                if (random.nextInt(4) > 0) {
                    int size = Math.min(lg2, 12 + SIZES - 1);
                    expected.put(new Span(tag, size, address & -1L << size), (long) step);
                    put(cache, tag, address, size, step);
                } else if (random.nextBoolean()) {
                    int block = random.nextInt(16) == 0 ? 64 : lg2;
                    generation.begin();
                    cache.removeInside(tag, address, block);
                    generation.end();
                    expected.keySet().removeIf(span -> span.tag == tag && inside(span, address, block));
                } else {
                    generation.begin();
                    cache.removeTouching(tag, address, lg2);
                    generation.end();
                    expected.keySet().removeIf(span -> span.tag == tag
                            && (inside(span, address, lg2) || (address & -1L << span.lg2) == span.address));
                }
                check(cache, expected, 1 + random.nextInt(TAGS), 0x1000L * random.nextInt(PAGES),
                        "seed " + seed + ", step " + step);
            }
        }
    }

    private static boolean inside(Span span, long address, int block) {
        return span.lg2 <= block && (block == 64 || (span.address & -1L << block) == (address & -1L << block));
    }

    private static void check(SpanCache cache, Map<Span, Long> expected, int tag, long address, String where) {
        long smallest = 0;
        for (int lg2 = 12; lg2 < 12 + SIZES; lg2++) {
            long word = expected.getOrDefault(new Span(tag, lg2, address & -1L << lg2), 0L);
            assertEquals(word, cache.get(tag, address, lg2), where);
            smallest = smallest == 0 ? word : smallest;
        }
        assertEquals(smallest, cache.find(tag, address), where);
    }
}
