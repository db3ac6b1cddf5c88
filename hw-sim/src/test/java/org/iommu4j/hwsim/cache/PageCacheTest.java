package org.iommu4j.hwsim.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PageCacheTest {
    private final Generation generation = new Generation();
    private final PageCache cache = new PageCache(new CacheGeometry(16, 4), 3, generation, 12, 21, 30);

    private void put(int size, int tag, long address, long word) {
        cache.put(size, tag, address, word, generation.current());
    }

    @Test
    void aPageIsFoundByAnyOfItsAddresses() {
        put(1, 5, 0x20_0000, 7);
        assertEquals(7, cache.find(5, 0x20_0000));
        assertEquals(7, cache.find(5, 0x3f_ffff));
        assertEquals(0, cache.find(5, 0x40_0000));
        assertEquals(0, cache.find(6, 0x20_0000));
        put(0, 5, (1L << 57) - 1, 8);
        assertEquals(8, cache.find(5, -1L >>> 7 & -4096));
    }

    @Test
    void moreThanFourSizesHaveOneAddressBitLess() {
        int[] sizes = {12, 14, 16, 21, 25, 29, 30};
        PageCache many = new PageCache(new CacheGeometry(16, 4), 3, generation, sizes);
        long high = 0x80_0000_0000_0000L;
        for (int size = 0; size < sizes.length; size++) {
            many.put(size, 0xffff, high | 1L << 40 + size, size + 1, generation.current());
        }
        for (int size = 0; size < sizes.length; size++) {
            assertEquals(size + 1, many.find(0xffff, high | 1L << 40 + size | (1L << sizes[size]) - 1));
            assertEquals(0, many.find(0xffff, 1L << 40 + size), "bit 55 counts");
            assertEquals(size + 1, many.find(0xffff, -1L << 56 | high | 1L << 40 + size), "bit 56 does not");
        }
        many.removeTouching(3, 0xffff, high | 1L << 43, high | 1L << 43);
        many.removeTouching(3, 0xffff, high | 1L << 44, high | 1L << 44);
        assertEquals(0, many.find(0xffff, high | 1L << 43));
        assertEquals(5, many.find(0xffff, high | 1L << 44), "it is of another size");
    }

    @Test
    void theSmallestPageWins() {
        put(2, 1, 0, 30);
        put(0, 1, 0x1000, 12);
        assertEquals(12, cache.find(1, 0x1fff));
        assertEquals(30, cache.find(1, 0x2000));
        assertEquals(30, cache.get(2, 1, 0x1fff));
    }

    @Test
    void rangesInsideLeaveWhatSticksOut() {
        put(0, 1, 0x20_0000, 1);
        put(1, 1, 0x20_0000, 2);
        put(2, 1, 0, 3);
        cache.removeInside(1, 0x20_0000, 0x3f_ffff);
        assertEquals(0, cache.get(0, 1, 0x20_0000));
        assertEquals(0, cache.get(1, 1, 0x20_0000));
        assertEquals(3, cache.get(2, 1, 0x20_0000));
    }

    @Test
    void rangesTouchingTakeWhatSticksOut() {
        put(1, 1, 0x20_0000, 2);
        put(1, 1, 0x40_0000, 4);
        put(1, 2, 0x20_0000, 5);
        put(2, 1, 0, 3);
        cache.removeTouching(1, 0x2f_f000, 0x2f_ffff);
        assertEquals(0, cache.get(1, 1, 0x20_0000));
        assertEquals(4, cache.get(1, 1, 0x40_0000));
        assertEquals(5, cache.get(1, 2, 0x20_0000));
        assertEquals(0, cache.get(2, 1, 0));
    }

    @Test
    void wideRangesAndSingleKeysRemoveAlike() {
        for (long last : new long[] {0xffff, (1L << 57) - 1}) {
            for (long page = 0; page < 32; page++) {
                put(0, 1, page << 12, page + 1);
            }
            cache.removeInside(1, 0, last);
            for (long page = 0; page < 16; page++) {
                assertEquals(0, cache.get(0, 1, page << 12));
            }
        }
    }

    @Test
    void tagsDoNotMeet() {
        put(0, 1, 0x1000, 1);
        put(0, 2, 0x1000, 3);
        put(0, TagTable.NONE, 0x1000, 4);
        assertEquals(1, cache.find(1, 0x1000));
        assertEquals(0, cache.find(TagTable.NONE, 0x1000));
        assertEquals(3, cache.find(2, 0x1000));
        cache.clear();
        assertEquals(0, cache.find(2, 0x1000));
    }
}
