package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.iommu4j.hwsim.cache.CacheGeometry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A page has A if and only if it was accessed, and D if and only if it was written, since software cleared the bits and
 * invalidated: in both stages, whatever the size of the caches.
 */
class DirtyLawTest {
    private static final int STEPS = 20_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int PAGES = 12;
    private static final long LEAVES = 0x20_3000L;

    static Stream<Arguments> units() {
        VtdCaches many = VtdCaches.of(new CacheGeometry(1024, 4));
        return Stream.of(Arguments.of("first stage, small", true, VtdCaches.SMALLEST),
                Arguments.of("first stage, large", true, many),
                Arguments.of("second stage, small", false, VtdCaches.SMALLEST),
                Arguments.of("second stage, large", false, many));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("units")
    void bitsTellWhatHasHappened(String name, boolean first, VtdCaches caches) {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        // FSTS, SSADS
        try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE | 1L << 47 | 1L << 45, caches, seed)) {
            start(bench, first);
            long accessed = first ? 1 << 5 : 1 << 8;
            long dirty = first ? 1 << 6 : 1 << 9;
            long[] expected = new long[PAGES];
            Random random = new Random(seed);
            for (int step = 0; step < STEPS; step++) {
                int page = random.nextInt(PAGES);
                String where = "seed " + seed + ", step " + step + ", page " + page;
                switch (random.nextInt(5)) {
                    case 0 -> {
                        long found = clear(bench, page, accessed | dirty);
                        assertEquals(expected[page], found & (accessed | dirty), where);
                        expected[page] = 0;
                        bench.submit(first ? 0x36 | 5 << 16 : 0xf2 | 5 << 16, 0x1000L * page | 1 << 6);
                    }
                    case 1, 2 -> {
                        assertEquals(0x30_0000L + 0x1000L * page, bench.write(0x1000L * page), where);
                        expected[page] = accessed | dirty;
                    }
                    default -> {
                        assertEquals(0x30_0000L + 0x1000L * page, bench.read(0x1000L * page), where);
                        expected[page] |= accessed;
                    }
                }
            }
        }
    }

    /** DID 5, PWSNP; four levels at 0x20_0000, 0x20_1000, 0x20_2000 and {@link #LEAVES}. */
    private static void start(VtdBench bench, boolean first) {
        long permissions = first ? 7 : 3;
        bench.memory.store64(VtdBench.PASIDS + 16, first ? 0x20_0000L : 0);
        bench.startScalable(first ? 0x41 : 0x20_0289L, 0x80_0005L);
        for (long table = 0x20_0000; table < LEAVES; table += 0x1000) {
            bench.memory.store64(table, table + 0x1000 | permissions);
        }
        for (int page = 0; page < PAGES; page++) {
            bench.memory.store64(LEAVES + 8L * page, 0x30_0000L + 0x1000L * page | permissions);
        }
    }

    /** Read and clear. @return the leaf before */
    private static long clear(VtdBench bench, int page, long bits) {
        long slot = LEAVES + 8L * page;
        while (true) {
            long leaf = bench.memory.loadAcquire64(slot);
            if (bench.memory.compareAndSet64(slot, leaf, leaf & ~bits)) {
                return leaf;
            }
        }
    }
}
