package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The first stage: context descriptors (Arm IHI 0070, 5.4) and VMSAv8-64 tables (Arm DDI 0487, D8). */
class FirstStageTest {
    private static final long FAULT_ID = (long) SmmuBench.SID << 32;

    @ParameterizedTest
    @CsvSource({
        // granule, T0SZ, TG0, level of the leaf, what it covers
        "12, 16, 0, 3, 12", "12, 16, 0, 2, 21", "12, 16, 0, 1, 30", "12, 25, 0, 3, 12", "12, 39, 0, 3, 12",
        "14, 16, 2, 3, 14", "14, 16, 2, 2, 25", "14, 28, 2, 3, 14",
        "16, 16, 1, 3, 16", "16, 16, 1, 2, 29", "16, 22, 1, 3, 16"})
    void everyGranuleAndSize(int granule, int t0sz, int tg, int level, int leafLg2) {
        try (SmmuBench bench = new SmmuBench()) {
            int bits = 64 - t0sz;
            int stride = granule - 3;
            int start = 4 - (bits - granule + stride - 1) / stride;
            long va = (0x5a5a_5a5a_5a5aL & (1L << bits) - 1) & -8;
            long table = SmmuBench.ROOT;
            for (int at = start; at < level; at++) {
                long next = SmmuBench.ROOT + 0x10_0000L * (at + 1);
                bench.memory.store64(table + index(va, granule, at, start, bits), next | 3);
                table = next;
            }
            long pa = 0x8_0000_0000L;
            bench.memory.store64(table + index(va, granule, level, start, bits), pa | (level == 3 ? 0xc43 : 0xc41));
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 0, 0, 0);
            bench.context(0, SmmuBench.CD & -0x100L | tg << 6 | t0sz, SmmuBench.ROOT);
            bench.start();
            assertEquals(pa | va & (1L << leafLg2) - 1, bench.read(va));
            assertEquals(pa | va & (1L << leafLg2) - 1, bench.write(va), "from the cache");
            long references = bench.counter("memoryReferences");
            assertEquals(pa | (1L << leafLg2) - 8, bench.read(va | (1L << leafLg2) - 8));
            assertEquals(references, bench.counter("memoryReferences"), "one translation covers all of it");
            assertEquals(0x10, bench.faultOfRead(1L << bits), "beyond T0SZ");
        }
    }

    private static long index(long va, int granule, int level, int start, int bits) {
        int shift = granule + (granule - 3) * (3 - level);
        int width = level == start ? bits - shift : granule - 3;
        return (va >>> shift & (1L << width) - 1) * 8;
    }

    @Test
    void faultsAreRecordedBitForBit() {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x5000, 0x30_0000 | 0xcc3);
            bench.map(0x6000, 0x30_0000 | 0x843);
            bench.map(0x7000, 1L << 44 | SmmuBench.PAGE);
            bench.map(0x8000, 0x30_0000 | SmmuBench.BLOCK);
            assertEquals(Requester.ABORT, bench.read(0x4123));
            assertArrayEquals(new long[] {FAULT_ID | 0x10, 2L << 40 | 1L << 35, 0x4123, 0}, bench.event());
            assertEquals(Requester.ABORT, bench.write(0x4120));
            assertArrayEquals(new long[] {FAULT_ID | 0x10, 2L << 40, 0x4120, 0}, bench.event());
            assertEquals(0x30_0000, bench.read(0x5000));
            assertEquals(Requester.ABORT, bench.write(0x5008));
            assertArrayEquals(new long[] {FAULT_ID | 0x13, 2L << 40, 0x5008, 0}, bench.event(), "AP 11");
            assertEquals(0x12, bench.faultOfRead(0x6000), "AF is clear");
            assertEquals(0x11, bench.faultOfRead(0x7000), "beyond IPS");
            assertEquals(0x10, bench.faultOfRead(0x8000), "level 3 has no blocks");
        }
    }

    @Test
    void aTableThatIsNoMemoryIsAnAbortedWalk() {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x5000, 2, 0x7000_0000L | 3);
            assertEquals(Requester.ABORT, bench.read(0x5000));
            // S2 0, CLASS TT, RnW 1; FetchAddr is that of the descriptor: 7.3.12
            assertArrayEquals(new long[] {FAULT_ID | 0x0b, 1L << 40 | 1L << 35, 0x5000, 0x7000_0028L}, bench.event());
        }
    }

    @Test
    void withoutRecordingAFaultOfTranslationIsSilent() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 0, 0, 0);
            bench.context(0, SmmuBench.CD & ~(1L << 45), SmmuBench.ROOT);
            bench.start();
            assertEquals(Requester.ABORT, bench.read(0x4000));
            assertNull(bench.event(), "CD.R is 0");
        }
    }

    @Test
    void permissionsOfTablesNarrowThoseBelowUnlessDisabled() {
        try (SmmuBench bench = new SmmuBench().first()) {
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            long slot = SmmuBench.ROOT;
            bench.memory.store64(slot, bench.memory.load64(slot) | 1L << 62);
            assertEquals(0x30_0000, bench.read(0x5000));
            assertEquals(Requester.ABORT, bench.write(0x5000), "APTable[1]");
            assertEquals(0x13, bench.fault());
            bench.memory.store64(slot, bench.memory.load64(slot) & ~(1L << 62) | 1L << 61);
            bench.sync(0x11 | 1L << 48, 0);
            assertEquals(0x13, bench.faultOfRead(0x5000), "APTable[0]: no user access");
            bench.context(0, SmmuBench.CD, SmmuBench.ROOT | 2);
            bench.sync(0x05 | FAULT_ID, 1, 0x11 | 1L << 48, 0);
            assertEquals(0x30_0000, bench.write(0x5000), "HAD0");
        }
    }

    @Test
    void hardwareSetsAccessFlagAndDirtyState() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 0, 0, 0);
            bench.context(0, SmmuBench.CD | 3L << 42, SmmuBench.ROOT);
            bench.start();
            // DBM, AP 11: writable once it is dirty
            long slot = bench.map(0x5000, 1L << 51 | 0x30_0000 | 0x8c3);
            assertEquals(0x30_0000, bench.read(0x5000));
            assertEquals(1L << 51 | 0x30_0000 | 0xcc3, bench.memory.load64(slot), "AF");
            assertEquals(0x30_0000, bench.write(0x5000));
            assertEquals(1L << 51 | 0x30_0000 | 0xc43, bench.memory.load64(slot), "AP[2] is clear");
            bench.memory.store64(slot, 1L << 51 | 0x30_0000 | 0xcc3);
            assertEquals(0x30_0000, bench.write(0x5000));
            assertEquals(1L << 51 | 0x30_0000 | 0xcc3, bench.memory.load64(slot), "known to be dirty till invalidated");
            bench.sync(0x12 | 1L << 48, 0x5001);
            assertEquals(0x30_0000, bench.write(0x5000));
            assertEquals(1L << 51 | 0x30_0000 | 0xc43, bench.memory.load64(slot));
            long readOnly = bench.map(0x6000, 0x30_0000 | 0x8c3);
            assertEquals(Requester.ABORT, bench.write(0x6000));
            assertEquals(0x30_0000 | 0x8c3, bench.memory.load64(readOnly), "a refused access leaves no mark");
        }
    }

    @Test
    void bothHalvesOfTheAddressSpaceAreTranslated() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 0, 0, 0);
            // EPD1 0, TG1 4 KiB (10), T1SZ 16, TBI1
            bench.context(0, SmmuBench.CD & ~(1L << 30) | 2L << 22 | 16L << 16 | 1L << 39, SmmuBench.ROOT);
            bench.memory.store64(SmmuBench.CONTEXTS + 16, 0x80_0000);
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            bench.map(0x80_0000, 0, 0x5000, 3, 0x31_0000 | SmmuBench.PAGE);
            bench.start();
            for (int round = 0; round < 2; round++) {
                assertEquals(0x30_0000, bench.read(0x5000));
                assertEquals(0x31_0000, bench.read(0xffff_0000_0000_5000L));
                assertEquals(0x31_0000, bench.read(0xa5ff_0000_0000_5000L), "the top byte is ignored");
                assertEquals(0x10, bench.faultOfRead(0xa500_0000_0000_5000L), "but not in the lower half");
                assertEquals(0x10, bench.faultOfRead(0xfffe_0000_0000_5000L));
            }
        }
    }

    @Test
    void substreamsHaveDescriptorsOfTheirOwn() {
        try (SmmuBench bench = new SmmuBench()) {
            // S1CDMax 2, S1DSS 0b10
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST | 2L << 59, 2, 0, 0);
            bench.context(0, SmmuBench.CD, SmmuBench.ROOT);
            bench.context(3, SmmuBench.CD + (1L << 48), 0x80_0000);
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            bench.map(0x80_0000, 0, 0x5000, 3, 0x31_0000 | SmmuBench.PAGE);
            bench.start();
            for (int round = 0; round < 2; round++) {
                assertEquals(0x30_0000, bench.read(0x5000));
                assertEquals(0x31_0000, bench.translate(SmmuBench.SID, 3, 0x5000, Protection.READ));
                assertRefused(bench, 0, 0x06, "substream 0 is reserved");
                assertRefused(bench, 1, 0x0a, "V is 0");
                assertRefused(bench, 4, 0x08, "beyond S1CDMax");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 6", "2, 10"})
    void twoLevelsOfDescriptors(int format, int leafLg2) {
        try (SmmuBench bench = new SmmuBench()) {
            int ssid = 5 << leafLg2 | 9;
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST | format << 4 | 16L << 59, 0, 0, 0);
            bench.memory.store64(SmmuBench.CONTEXTS + 8 * 5, 0x60_0001L);
            bench.memory.store64(0x60_0000 + 64 * 9, SmmuBench.CD);
            bench.memory.store64(0x60_0000 + 64 * 9 + 8, SmmuBench.ROOT);
            bench.map(0x5000, 0x30_0000 | SmmuBench.PAGE);
            bench.start();
            assertEquals(0x30_0000, bench.translate(SmmuBench.SID, ssid, 0x5000, Protection.READ));
            assertRefused(bench, 6 << leafLg2, 0x08, "L1CD.V is 0");
            assertRefused(bench, Requester.NO_PASID, 0x06, "S1DSS 0b00");
        }
    }

    @Test
    void aDefaultOfBypassSkipsTheFirstStage() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST | 2L << 59, 1, 0, 0);
            bench.start();
            assertEquals(0x5000, bench.read(0x5000));
        }
    }

    @Test
    void illegalDescriptorsAreBad() {
        long good = SmmuBench.CD;
        long[][] descriptors = {
            {good & ~(1L << 31), 0}, {good & ~(1L << 41), 0}, {good & ~(1L << 46), 0}, {good | 1 << 15, 0},
            {good | 3 << 6, 0}, {good & ~0x3fL | 15, 0}, {good & ~0x3fL | 40, 0}, {good | 1L << 42, 0},
            {good & ~(1L << 30), 0}, {good, 1L << 44}};
        for (long[] descriptor : descriptors) {
            try (SmmuBench bench = new SmmuBench()) {
                bench.stream(SmmuBench.SID, SmmuBench.STE_FIRST, 0, 0, 0);
                bench.context(0, descriptor[0], descriptor[1]);
                bench.start();
                assertEquals(Requester.ABORT, bench.read(0x5000));
                assertArrayEquals(new long[] {FAULT_ID | 0x0a, 0, 0, 0}, bench.event(),
                        Long.toHexString(descriptor[0]));
            }
        }
    }

    private static void assertRefused(SmmuBench bench, int pasid, int type, String why) {
        assertEquals(Requester.ABORT, bench.translate(SmmuBench.SID, pasid, 0x5000, Protection.READ), why);
        assertEquals(type, bench.fault(), why);
    }
}
