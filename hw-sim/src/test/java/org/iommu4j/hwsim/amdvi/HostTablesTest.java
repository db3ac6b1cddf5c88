package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** AMD 48882 section 2.2.3: host page tables. Events: 2.5.3, IO_PAGE_FAULT of device 10h. */
class HostTablesTest {
    private static final long FAULT = 0x2000_0000_0000_0010L | 5L << 32;
    private static final long PR = 1L << 52;
    private static final long RW = 1L << 53;
    private static final long PE = 1L << 54;
    private static final long RZ = 1L << 55;
    private static final long RIGHTS = 0x6000_0000_0000_0000L;

    @ParameterizedTest
    @CsvSource({"1, 1FF000", "2, 3FE00000", "3, 7F80123000", "4, FF8012345000", "5, 1FE00123456000",
        "6, F123456789ABC000"})
    void tablesHaveOneToSixLevels(int levels, String address) {
        long iova = Long.parseUnsignedLong(address, 16);
        try (AmdBench bench = new AmdBench().host(RIGHTS | AmdBench.ROOT | levels << 9 | 3).start()) {
            bench.put(AmdBench.ROOT, levels, 1, iova, RIGHTS | 0x12_3000 | 1);
            assertEquals(0x12_3456, bench.read(iova | 0x456));
            assertEquals(0x12_3456, bench.write(iova | 0x456));
        }
    }

    @Test
    void anAddressAboveTheTopLevelIsNotPresent() {
        try (AmdBench bench = new AmdBench().host(RIGHTS | AmdBench.ROOT | 3 << 9 | 3).start()) {
            bench.put(AmdBench.ROOT, 3, 1, 0x5000, RIGHTS | 0x12_3000 | 1);
            assertEquals(0x12_3000, bench.read(0x5000));
            assertEquals(FAULT, bench.fault(bench.read(1L << 39 | 0x5000)));
        }
    }

    @Test
    void aLeafAtAnyLevelHasTheSizeOfItsLevel() {
        try (AmdBench bench = AmdBench.host()) {
            bench.put(AmdBench.ROOT, 4, 2, 0x20_0000, RIGHTS | 0x40_0000 | 1);
            bench.put(AmdBench.ROOT, 4, 3, 0x4000_0000L, RIGHTS | 1);
            assertEquals(0x5f_fff8, bench.read(0x3f_fff8));
            assertEquals(0x3fff_fff8, bench.read(0x7fff_fff8));
        }
    }

    @Test
    void nextLevelSevenTellsItsSizeInTheAddress() {
        try (AmdBench bench = AmdBench.host()) {
            // Table 14: 64 KiB is 0 and three ones from bit 12 on; 512 KiB six ones; 4 MiB nine; 512 MiB sixteen.
            bench.map(0x1_3000, RIGHTS | 0x88_7e01L);
            bench.map(0x8_0000, RIGHTS | 0x83_fe01L);
            bench.put(AmdBench.ROOT, 4, 2, 0x40_0000, RIGHTS | 0x011f_fe01L);
            bench.put(AmdBench.ROOT, 4, 2, 0x2000_0000L, RIGHTS | 0x0fff_fe01L);
            assertEquals(0x88_3008, bench.read(0x1_3008));
            assertEquals(0x80_0008, bench.read(0x8_0008));
            assertEquals(0x0110_0008, bench.read(0x50_0008));
            assertEquals(0x0012_3458, bench.read(0x2012_3458L));
            // Any slot of the page gives the whole page to the IOTLB.
            assertEquals(0x88_f008, bench.read(0x1_f008));
            assertEquals(0x88_0008, bench.read(0x1_0008));
            assertEquals(4, bench.counter("iotlb.misses"));
        }
    }

    @Test
    void aSizeThatIsNotTheLevelsOwnIsInvalid() {
        try (AmdBench bench = AmdBench.host()) {
            // 2 MiB in level 1; 1 MiB, the level's own 2 MiB and 1 GiB in level 2.
            bench.map(0x5000, RIGHTS | 0x4f_fe01L);
            bench.put(AmdBench.ROOT, 4, 2, 0x20_0000, RIGHTS | 0x47_fe01L);
            bench.put(AmdBench.ROOT, 4, 2, 0x40_0000, RIGHTS | 0x4f_fe01L);
            bench.put(AmdBench.ROOT, 4, 2, 0x60_0000, RIGHTS | 0x1fff_fe01L);
            for (long iova : new long[] {0x5000, 0x20_0000, 0x40_0000, 0x60_0000}) {
                assertEquals(FAULT | PR, bench.fault(bench.read(iova)), Long.toHexString(iova));
            }
        }
    }

    @Test
    void levelsCanBeSkippedWhereTheAddressIsZero() {
        try (AmdBench bench = AmdBench.host()) {
            long table = bench.table();
            // Level 4 points to a table of level 1.
            bench.memory.store64(AmdBench.ROOT, RIGHTS | table | 1 << 9 | 1);
            bench.memory.store64(table + 8 * 5, RIGHTS | 0x12_3001);
            assertEquals(0x12_3000, bench.read(0x5000));
            assertEquals(FAULT | PR, bench.fault(bench.read(0x20_5000)));
            assertEquals(FAULT | PR, bench.fault(bench.read(0x4000_5000)));
        }
    }

    @Test
    void aPointerUpwardsIsAnInvalidLevel() {
        try (AmdBench bench = AmdBench.host()) {
            bench.put(AmdBench.ROOT, 4, 2, 0x5000, RIGHTS | 0x30_0000 | 2 << 9 | 1);
            assertEquals(FAULT | PR, bench.fault(bench.read(0x5000)));
            bench.put(AmdBench.ROOT, 4, 2, 0x5000, RIGHTS | 0x30_0000 | 5 << 9 | 1);
            assertEquals(FAULT | PR | RW, bench.fault(bench.write(0x5000)));
        }
    }

    @Test
    void reservedBitsAreFound() {
        for (int bit = 52; bit <= 60; bit++) {
            try (AmdBench bench = AmdBench.host()) {
                boolean leafOnly = bit >= 59;
                bench.map(0x5000, RIGHTS | 0x12_3001 | 1L << bit);
                assertEquals(leafOnly ? -1 : FAULT | PR | RZ, bench.fault(bench.read(0x5000)), "bit " + bit);
                bench.put(AmdBench.ROOT, 4, 2, 0x20_0000, RIGHTS | bench.table() | 1 << 9 | 1 | 1L << bit);
                assertEquals(FAULT | PR | RZ, bench.fault(bench.read(0x20_0000)), "bit " + bit);
            }
        }
    }

    @Test
    void ignoredBitsAreIgnored() {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x5000, RIGHTS | 0x12_3001 | 0x1fe | 1L << 63);
            assertEquals(0x12_3000, bench.read(0x5000));
        }
    }

    @Test
    void rightsAreThoseOfAllLevels() {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x5000, 1L << 61 | 0x12_3001);
            bench.map(0x6000, 1L << 62 | 0x12_4001);
            bench.map(0x7000, 0x12_5001);
            bench.put(AmdBench.ROOT, 4, 2, 0x20_0000, 1L << 61 | bench.table() | 1 << 9 | 1);
            bench.map(0x20_0000, RIGHTS | 0x12_6001);
            assertEquals(0x12_3000, bench.read(0x5000));
            assertEquals(FAULT | PR | RW | PE, bench.fault(bench.write(0x5000)));
            assertEquals(0x12_4000, bench.write(0x6000));
            assertEquals(FAULT | PR | PE, bench.fault(bench.read(0x6000)));
            assertEquals(FAULT | PR | PE, bench.fault(bench.read(0x7000)));
            assertEquals(0x12_6000, bench.read(0x20_0000));
            assertEquals(FAULT | PR | RW | PE, bench.fault(bench.write(0x20_0000)));
            assertEquals(FAULT | PR | RW | PE, bench.fault(
                    bench.translate(AmdBench.RID, Requester.NO_PASID, 0x5000, Protection.READ | Protection.WRITE)));
        }
    }

    @Test
    void rightsOfTheDeviceCountToo() {
        try (AmdBench bench = new AmdBench().host(1L << 61 | AmdBench.ROOT | 0x803).start()) {
            bench.map(0x5000, RIGHTS | 0x12_3001);
            assertEquals(0x12_3000, bench.read(0x5000));
            assertEquals(FAULT | PR | RW | PE, bench.fault(bench.write(0x5000)));
        }
    }

    @Test
    void aTableThatIsNoMemoryIsAHardwareError() {
        try (AmdBench bench = AmdBench.host()) {
            bench.put(AmdBench.ROOT, 4, 2, 0x20_0000, RIGHTS | 0xc000_0000L | 1 << 9 | 1);
            assertEquals(Requester.ABORT, bench.read(0x20_5000));
            long[] event = bench.event();
            // 2.5.5: code 4, type 01b master abort, domain 5; address of the entry.
            assertEquals(0x4200_0005_0000_0010L, event[0]);
            assertEquals(0xc000_0028L, event[1]);
        }
    }

    @Test
    void accessedAndDirtyBitsAreKeptAsTheDeviceSays() {
        for (int had : new int[] {0, 1, 3}) {
            try (AmdBench bench = new AmdBench().host(RIGHTS | AmdBench.ROOT | 0x803 | had << 7).start()) {
                bench.map(0x5000, RIGHTS | 0x12_3001);
                long leaf = 0x30_2000 + 8 * 5;
                bench.read(0x5000);
                assertEquals(had == 0 ? 0 : 0x20, bench.memory.load64(leaf) & 0x60);
                assertEquals(had == 0 ? 0 : 0x20, bench.memory.load64(AmdBench.ROOT) & 0x60);
                bench.write(0x5000);
                assertEquals(had == 3 ? 0x60 : had == 1 ? 0x20 : 0, bench.memory.load64(leaf) & 0x60);
                // What is known to be dirty is not marked again.
                bench.memory.store64(leaf, RIGHTS | 0x12_3001);
                bench.write(0x5000);
                assertEquals(0, bench.memory.load64(leaf) & 0x60);
            }
        }
    }
}
