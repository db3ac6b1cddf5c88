package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The second stage, alone and under the first: Arm IHI 0070, 3.3.2, 5.2, 7.3; Arm DDI 0487, D8. */
class SecondStageTest {
    private static final long FAULT_ID = (long) SmmuBench.SID << 32;

    @ParameterizedTest
    @CsvSource({
        // S2TG, granule, S2T0SZ, S2SL0, start level, level of the leaf
        "0, 12, 25, 1, 1, 3", "0, 12, 24, 1, 1, 2", "0, 12, 21, 1, 1, 1", "0, 12, 20, 2, 0, 3", "0, 12, 32, 0, 2, 3",
        "0, 12, 30, 0, 2, 3", "2, 14, 20, 2, 1, 3", "2, 14, 24, 1, 2, 2", "2, 14, 37, 0, 3, 3", "1, 16, 20, 2, 1, 2",
        "1, 16, 22, 1, 2, 3", "1, 16, 35, 0, 3, 3"})
    void everyStartLevelWithOneTableOrMoreBesideEachOther(int tg, int granule, int t0sz, int sl0, int start,
            int level) {
        try (SmmuBench bench = new SmmuBench()) {
            int bits = 64 - t0sz;
            int leafLg2 = granule + (granule - 3) * (3 - level);
            long ipa = (1L << bits) - 1 & 0xffff_ffff_f5a8L;
            long table = 0x100_0000;
            long root = table;
            for (int at = start; at < level; at++) {
                long next = 0x100_0000L + 0x10_0000L * (at + 1);
                bench.memory.store64(table + index(ipa, granule, at, start, bits), next | 3);
                table = next;
            }
            long pa = 0x8_0000_0000L;
            bench.memory.store64(table + index(ipa, granule, level, start, bits), pa | (level == 3 ? 0x4c3 : 0x4c1));
            bench.stream(SmmuBench.SID, SmmuBench.STE_SECOND, 0,
                    SmmuBench.STE_2 & ~(0xffffL << 32) | (long) t0sz << 32 | (long) sl0 << 38 | (long) tg << 46, root);
            bench.start();
            assertEquals(pa | ipa & (1L << leafLg2) - 1, bench.read(ipa));
            assertEquals(pa | ipa & (1L << leafLg2) - 1, bench.write(ipa), "from the cache");
            if (bits < 44) {
                assertEquals(0x10, bench.faultOfRead(1L << bits), "beyond S2T0SZ");
            }
        }
    }

    private static long index(long ipa, int granule, int level, int start, int bits) {
        int shift = granule + (granule - 3) * (3 - level);
        int width = level == start ? bits - shift : granule - 3;
        return (ipa >>> shift & (1L << width) - 1) * 8;
    }

    @Test
    void faultsOfTheSecondStageNameTheIpa() {
        try (SmmuBench bench = new SmmuBench().second()) {
            bench.mapSecond(0x5000, 3, 0x30_0000 | 0x443);
            assertEquals(Requester.ABORT, bench.read(0x4120));
            // S2, CLASS IN, RnW
            assertArrayEquals(new long[] {FAULT_ID | 0x10, 2L << 40 | 1L << 39 | 1L << 35, 0x4120, 0x4000},
                    bench.event());
            for (int round = 0; round < 2; round++) {
                assertEquals(0x30_0000, bench.read(0x5000));
                assertEquals(Requester.ABORT, bench.write(0x5008));
                assertArrayEquals(new long[] {FAULT_ID | 0x13, 2L << 40 | 1L << 39, 0x5008, 0x5000}, bench.event());
            }
            bench.mapSecond(0x6000, 3, 0x30_0000 | 0x483);
            assertEquals(0x30_0000, bench.write(0x6000), "S2AP 10: write only");
            assertEquals(0x13, bench.faultOfRead(0x6000));
        }
    }

    @Test
    void dirtyStateOfTheSecondStage() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, SmmuBench.STE_SECOND, 0, SmmuBench.STE_2 | 3L << 55, SmmuBench.STAGE_2);
            bench.start();
            // DBM, S2AP 01, AF clear
            long slot = bench.mapSecond(0x5000, 3, 1L << 51 | 0x30_0000 | 0x043);
            assertEquals(0x30_0000, bench.read(0x5000));
            assertEquals(1L << 51 | 0x30_0000 | 0x443, bench.memory.load64(slot));
            assertEquals(0x30_0000, bench.write(0x5000));
            assertEquals(1L << 51 | 0x30_0000 | 0x4c3, bench.memory.load64(slot));
        }
    }

    @Test
    void tablesAndDescriptorsOfTheFirstStageAreAtIpas() {
        try (SmmuBench bench = new SmmuBench().nested()) {
            bench.map(0x5000, 0x700_0000 | SmmuBench.PAGE);
            // The descriptor, the first table, and what is read lie elsewhere than their IPAs say.
            move(bench, SmmuBench.CONTEXTS, 0x2000_0000L);
            move(bench, SmmuBench.ROOT, 0x2020_0000L);
            bench.mapSecond(0x700_0000, 2, 0x3000_0000L | SmmuBench.S2_BLOCK);
            assertEquals(0x3000_0123L, bench.read(0x5123));
            assertEquals(0x3000_0123L, bench.write(0x5123));
        }
    }

    /** Gives the 2 MiB around an IPA another place, with what it holds, and poison where it was. */
    private static void move(SmmuBench bench, long ipa, long pa) {
        byte[] bytes = new byte[0x1000];
        bench.memory.read(ipa & -0x1000L, bytes, 0, bytes.length);
        bench.memory.write(pa + (ipa & 0x1f_f000L), bytes, 0, bytes.length);
        bench.memory.fill(ipa & -0x1000L, 0x1000, -1);
        bench.mapSecond(ipa, 2, pa | SmmuBench.S2_BLOCK);
    }

    @Test
    void whatTheSecondStageRefusesToTheFirstSaysWhoAsked() {
        try (SmmuBench bench = new SmmuBench().nested()) {
            bench.map(0x5000, 0x4000_0000L | SmmuBench.PAGE);
            assertEquals(Requester.ABORT, bench.read(0x5678));
            assertArrayEquals(new long[] {FAULT_ID | 0x10, 2L << 40 | 1L << 39 | 1L << 35, 0x5678, 0x4000_0000L},
                    bench.event(), "CLASS IN");
            bench.map(0x20_0000, 2, 0x5000_0000L | 3);
            assertEquals(Requester.ABORT, bench.write(0x20_3000));
            assertArrayEquals(new long[] {FAULT_ID | 0x10, 1L << 40 | 1L << 39, 0x20_3000, 0x5000_0000L},
                    bench.event(), "CLASS TT: the descriptor at 0x50000018, bits 51:12");
            bench.stream(SmmuBench.SID, 0x5000_000fL);
            bench.sync(0x03 | FAULT_ID, 1);
            assertEquals(Requester.ABORT, bench.read(0x5000));
            assertArrayEquals(new long[] {FAULT_ID | 0x10, 1L << 39 | 1L << 35, 0x5000, 0x5000_0000L}, bench.event(),
                    "CLASS CD");
        }
    }

    @Test
    void markingADescriptorNeedsASecondStageThatLetsItBeWritten() {
        try (SmmuBench bench = new SmmuBench().nested()) {
            bench.context(0, SmmuBench.CD | 1L << 43, SmmuBench.ROOT);
            long slot = bench.map(0x5000, 0x700_0000 | 0x843);
            bench.map(0x6000, 0x700_0000 | SmmuBench.PAGE);
            assertEquals(0x700_0000, bench.read(0x6000), "the walk cache is warm");
            bench.sync(0x2a | 5L << 32, slot & -0x20_0000L);
            bench.mapSecond(slot, 2, slot & -0x20_0000L | 0x441);
            assertEquals(Requester.ABORT, bench.read(0x5000));
            // TTRnW 0: it was the write
            assertArrayEquals(new long[] {FAULT_ID | 0x13, 1L << 40 | 1L << 39 | 1L << 35, 0x5000, slot & -0x1000L},
                    bench.event());
            assertEquals(0x700_0000 | 0x843, bench.memory.load64(slot));
        }
    }

    @Test
    void theRightsOfBothStagesCount() {
        try (SmmuBench bench = new SmmuBench().nested()) {
            bench.map(0x5000, 0x700_0000 | SmmuBench.PAGE);
            bench.map(0x6000, 0x720_0000 | 0xcc3);
            bench.mapSecond(0x700_0000, 2, 0x700_0000 | 0x441);
            for (int round = 0; round < 2; round++) {
                assertEquals(0x700_0000, bench.read(0x5000));
                assertEquals(Requester.ABORT, bench.write(0x5000));
                assertArrayEquals(new long[] {FAULT_ID | 0x13, 2L << 40 | 1L << 39, 0x5000, 0x700_0000}, bench.event());
                assertEquals(0x720_0000, bench.read(0x6000));
                assertEquals(Requester.ABORT, bench.write(0x6000));
                assertArrayEquals(new long[] {FAULT_ID | 0x13, 2L << 40, 0x6000, 0}, bench.event());
            }
        }
    }
}
