package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** What an invalidation removes of a first stage, and what it leaves. VT-d specification 6.5.2.3, 6.5.2.4. */
class PasidInvalidationTest {
    private static final long OLD = 0x3f_f000L;
    private static final long NEW = 0x31_0000L;

    /** A first stage of DID 5 and PASID 0: 4 KiB at 0x5000, 2 MiB at 0x20_0000; both are cached, then changed. */
    private static VtdBench changed(boolean caching) {
        VtdBench bench = new VtdBench(VtdBench.CAP | (caching ? 1 << 7 : 0), VtdBench.ECAP_SCALABLE | 1L << 47,
                VtdCaches.DEFAULT, 1);
        bench.memory.store64(VtdBench.PASIDS + 16, 0x20_0000L);
        bench.startScalable(0x41, 0x80_0005L);
        bench.memory.store64(0x20_0000, 0x20_1027L);
        bench.memory.store64(0x20_1000, 0x20_2027L);
        bench.memory.store64(0x20_2000, 0x20_3027L);
        bench.memory.store64(0x20_3028, OLD | 0x67);
        bench.memory.store64(0x20_2008, 0x60_00e7L);
        assertEquals(OLD, bench.read(0x5000));
        assertEquals(0x60_5000L, bench.read(0x20_5000L));
        bench.memory.store64(0x20_3028, NEW | 0x67);
        bench.memory.store64(0x20_2008, 0x80_00e7L);
        return bench;
    }

    private static void after(long word0, long word1, boolean small, boolean large) {
        try (VtdBench bench = changed(false)) {
            bench.submit(word0, word1);
            assertEquals(small ? NEW : OLD, bench.read(0x5000));
            assertEquals(large ? 0x80_5000L : 0x60_5000L, bench.read(0x20_5000L));
        }
    }

    @Test
    void pagesOfAPasidGoByAddressAndMask() {
        after(0x36 | 5 << 16, 0x5000, true, false);
        after(0x36 | 5 << 16, 0x5040, true, false);
        after(0x36 | 5 << 16, 0x6000, false, false);
        after(0x36 | 5 << 16, 0x4001, true, false);
        after(0x36 | 5 << 16, 0x20_5000, false, false);
        after(0x36 | 5 << 16, 0x20_0009, false, true);
        after(0x36 | 5 << 16, 0x12, true, true);
    }

    @Test
    void aPasidGoesWhole() {
        after(0x26 | 5 << 16, 0, true, true);
        after(0x26 | 6 << 16, 0, false, false);
        after(0x26 | 5 << 16 | 1L << 32, 0, false, false);
        after(0x36 | 5 << 16 | 1L << 32, 0x12, false, false);
    }

    @Test
    void domainAndGlobalInvalidationsReachTheFirstStage() {
        after(0xe2 | 5 << 16, 0, true, true);
        after(0xe2 | 6 << 16, 0, false, false);
        after(0xd2, 0, true, true);
    }

    @Test
    void pagesOfADomainAreTheSecondStages() {
        after(0xf2 | 5 << 16, 0x5000, false, false);
    }

    @Test
    void pointersToTablesStayWithTheHint() {
        try (VtdBench bench = changed(false)) {
            bench.memory.store64(0x20_2000, 0x28_0027L);
            bench.memory.store64(0x28_0028, 0x32_0067L);
            bench.submit(0x36 | 5 << 16, 0x5040);
            assertEquals(NEW, bench.read(0x5000), "IH: by the old table");
            bench.submit(0x36 | 5 << 16, 0x5000);
            assertEquals(0x32_0000L, bench.read(0x5000));
        }
    }

    @Test
    void otherGranularitiesAndTooWideMasksStopTheQueue() {
        for (long[] bad : new long[][] {{0x16 | 5 << 16, 0}, {0x06, 0}, {0x36, 19}}) {
            try (VtdBench bench = changed(false)) {
                bench.submit(bad);
                assertEquals(0x10, bench.registers.read32(VtdBench.FSTS), "IQE");
                assertEquals(4, bench.registers.read64(0xb0) & 0xf, "IQEI");
            }
        }
    }

    @Test
    void inCachingModeWhatWasNotPresentStaysSoUntilInvalidated() {
        try (VtdBench bench = changed(true)) {
            assertEquals(0x71, bench.faultOfRead(0x6000), "SFS.2");
            bench.memory.store64(0x20_3030, NEW | 0x67);
            assertEquals(0x71, bench.faultOfRead(0x6000), "SFS.2, cached");
            bench.submit(0x36 | 5 << 16, 0x6040);
            assertEquals(NEW, bench.read(0x6000));
        }
        try (VtdBench bench = changed(false)) {
            assertEquals(0x71, bench.faultOfRead(0x6000), "SFS.2");
            bench.memory.store64(0x20_3030, NEW | 0x67);
            assertEquals(NEW, bench.read(0x6000), "never cached elsewhere");
        }
    }

    @Test
    void tagsThatRunOutAreStartedAnew() {
        try (VtdBench bench = changed(false)) {
            for (int i = 0; i < 70_000; i++) {
                bench.memory.store64(0x20_3028, (i % 2 == 0 ? OLD : NEW) | 0x67);
                bench.submit(0xe2 | 5 << 16, 0);
                assertEquals(i % 2 == 0 ? OLD : NEW, bench.read(0x5000), "round " + i);
            }
        }
    }
}
