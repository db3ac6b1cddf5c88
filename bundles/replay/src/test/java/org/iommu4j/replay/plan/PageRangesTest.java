package org.iommu4j.replay.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageRangesTest {

    @Test
    void mergesWhatTouchesOrOverlaps() {
        PageRanges ranges = new PageRanges();
        ranges.add(0x3000, 0x3fff);
        ranges.add(0x1000, 0x1fff);
        ranges.add(-0x1000, -1);
        assertArrayEquals(new long[] {0x1000, 0x1fff, 0x3000, 0x3fff, -0x1000, -1}, ranges.pairs());
        ranges.add(0x2000, 0x2fff);
        ranges.add(-0x2000, -1);
        assertArrayEquals(new long[] {0x1000, 0x3fff, -0x2000, -1}, ranges.pairs());
    }

    @Test
    void agreesWithABitSet() {
        long seed = Long.getLong("iommu4j.seed", 77L);
        Random random = new Random(seed);
        for (int round = 0; round < 500 * Integer.getInteger("iommu4j.scale", 1); round++) {
            PageRanges ranges = new PageRanges();
            BitSet bits = new BitSet();
            for (int i = 0; i < 12; i++) {
                int first = random.nextInt(60);
                int last = first + random.nextInt(8);
                ranges.add(first, last);
                bits.set(first, last + 1);
            }
            assertArrayEquals(pairs(bits), ranges.pairs(), "seed " + seed + ", round " + round);
        }
    }

    private static long[] pairs(BitSet bits) {
        long[] pairs = new long[128];
        int size = 0;
        for (int first = bits.nextSetBit(0); first >= 0; first = bits.nextSetBit(bits.nextClearBit(first))) {
            pairs[size++] = first;
            pairs[size++] = bits.nextClearBit(first) - 1;
        }
        return java.util.Arrays.copyOf(pairs, size);
    }
}
