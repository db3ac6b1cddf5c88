package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.cache.CacheGeometry;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A page has A if and only if it was accessed, and D if and only if it was written, since software cleared the bits and
 * invalidated: in both stages, whatever the size of the caches. AMD 48882 section 2.2.3 (HAD), 2.2.6.
 */
class DirtyLawTest {
    private static final int STEPS = 20_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int PAGES = 12;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long RIGHTS = 0x6000_0000_0000_0000L;
    private static final long LEAVES = 0x40_3000;
    private static final long POINTERS = 0x18_0000;

    static Stream<Arguments> units() {
        AmdCaches many = AmdCaches.of(new CacheGeometry(1024, 4));
        return Stream.of(Arguments.of("guest, small", true, AmdCaches.SMALLEST),
                Arguments.of("guest, large", true, many), Arguments.of("host, small", false, AmdCaches.SMALLEST),
                Arguments.of("host, large", false, many));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("units")
    void bitsTellWhatHasHappened(String name, boolean guest, AmdCaches caches) {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        try (AmdBench bench = new AmdBench(AmdBench.HEADER, AmdBench.EFR, caches, seed)) {
            start(bench, guest);
            long[] expected = new long[PAGES];
            Random random = new Random(seed);
            for (int step = 0; step < STEPS; step++) {
                int page = random.nextInt(PAGES);
                String where = "seed " + seed + ", step " + step + ", page " + page;
                int kind = random.nextInt(5);
                if (kind == 0) {
                    long slot = LEAVES + 8L * page;
                    long found = bench.memory.load64(slot);
                    assertEquals(expected[page], found & (ACCESSED | DIRTY), where);
                    bench.memory.store64(slot, found & ~(ACCESSED | DIRTY));
                    expected[page] = 0;
                    bench.submit(AmdBench.PAGES | 5L << 32, 0x1000L * page | (guest ? 4 : 0));
                } else {
                    boolean write = kind < 3;
                    assertEquals(0x12_3000L + 0x1000L * page, bench.translate(AmdBench.RID,
                            Requester.NO_PASID, 0x1000L * page, write ? Protection.WRITE : Protection.READ), where);
                    expected[page] |= write ? ACCESSED | DIRTY : ACCESSED;
                }
            }
        }
    }

    /** Four levels from 0x40_0000; guest tables of PASID 0 by GIoV, host tables with HAD 3. */
    private static void start(AmdBench bench, boolean guest) {
        for (int level = 4; level > 1; level--) {
            long table = 0x40_0000 + 0x1000L * (4 - level);
            bench.memory.store64(table, table + 0x1000 | (guest ? 7 : RIGHTS | (long) (level - 1) << 9 | 1));
        }
        for (int page = 0; page < PAGES; page++) {
            bench.memory.store64(LEAVES + 8L * page, 0x12_3000L + 0x1000L * page | (guest ? 7 : RIGHTS | 1));
        }
        bench.memory.store64(POINTERS, 0x40_0001);
        bench.entry(AmdBench.RID, RIGHTS | (guest ? 1L << 55 | 1L << 54 : 0x40_0000 | 4 << 9 | 3 << 7) | 3,
                5 | (POINTERS >>> 15) << 16, 0).start();
    }
}
