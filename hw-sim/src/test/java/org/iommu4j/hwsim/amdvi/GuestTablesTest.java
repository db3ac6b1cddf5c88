package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** AMD 48882 section 2.2.6: guest CR3 tables and guest tables, alone and nested. Events: 2.5.3. */
class GuestTablesTest {
    private static final long RIGHTS = 0x6000_0000_0000_0000L;
    private static final long GV = 1L << 55;
    private static final long GIOV = 1L << 54;
    private static final long POINTERS = 0x18_0000;
    private static final long CR3 = 0x40_0000;
    /** IO_PAGE_FAULT, GN, device 10h; the flag US: all requests are a user's. */
    private static final long FAULT = 0x2001_0000_0000_0010L;
    private static final long US = 1L << 50;
    private static final long PR = 1L << 52;
    private static final long RW = 1L << 53;
    private static final long PE = 1L << 54;
    private static final long RZ = 1L << 55;
    private static final int PASID = 7;

    /** Word 0 and 1 with the guest CR3 table at an address: bits 14:12 in 60:58, 30:15 in 31:16, 51:31 in 63:43. */
    private static AmdBench guest(AmdBench bench, long word0, int glx, long pointers, long word2) {
        return bench.entry(AmdBench.RID,
                RIGHTS | word0 | GV | (long) glx << 56 | (pointers >>> 12 & 7) << 58 | 3,
                5 | (pointers >>> 15 & 0xffff) << 16 | (pointers >>> 31) << 43, word2).start();
    }

    /** One level of guest CR3, PASID 7 with four levels of tables, 0x5000 mapped. */
    private static AmdBench plain() {
        AmdBench bench = guest(new AmdBench(), 0, 0, POINTERS, 0);
        bench.memory.store64(POINTERS + 8 * PASID, CR3 | 1);
        map(bench, CR3, 4, 0x5000, 0x12_3007);
        return bench;
    }

    /** Tables above a leaf of 4 KiB, with P, RW and US. */
    private static void map(AmdBench bench, long root, int levels, long address, long leaf) {
        long table = root;
        for (int level = levels; level > 1; level--) {
            long slot = table + (address >>> 12 + 9 * (level - 1) & 0x1ff) * 8;
            if (bench.memory.load64(slot) == 0) {
                bench.memory.store64(slot, bench.table() | 7);
            }
            table = bench.memory.load64(slot) & 0x000f_ffff_ffff_f000L;
        }
        bench.memory.store64(table + (address >>> 12 & 0x1ff) * 8, leaf);
    }

    private static long read(AmdBench bench, int pasid, long address) {
        return bench.translate(AmdBench.RID, pasid, address, Protection.READ);
    }

    private static long write(AmdBench bench, int pasid, long address) {
        return bench.translate(AmdBench.RID, pasid, address, Protection.WRITE);
    }

    @Test
    void aPasidSelectsItsTables() {
        try (AmdBench bench = plain()) {
            assertEquals(0x12_3456, read(bench, PASID, 0x5456));
            assertEquals(FAULT | 8L << 32, bench.fault(read(bench, 8, 0x5456)), "no CR3");
            bench.memory.store64(POINTERS + 8 * 8, CR3 + 0x1_0000 | 1);
            map(bench, CR3 + 0x1_0000, 4, 0x5000, 0x12_4007);
            assertEquals(0x12_4456, read(bench, 8, 0x5456));
            assertEquals(0x12_3456, read(bench, PASID, 0x5456));
        }
    }

    @Test
    void theTableHasOneToThreeLevels() {
        for (int glx = 0; glx < 3; glx++) {
            // Bits 14:12, 30:15 and, with a memory of 1 GiB, none of 51:31
            try (AmdBench bench = guest(new AmdBench(), 0, glx, 0x3bcd_d000L, 0)) {
                int pasid = new int[] {0x1ff, 0xfe01, 0xfe02}[glx];
                long table = 0x3bcd_d000L;
                for (int level = glx; level > 0; level--) {
                    long next = bench.table();
                    bench.memory.store64(table + 8L * (pasid >>> 9 * level & 0x1ff), next | 1);
                    table = next;
                }
                bench.memory.store64(table + 8L * (pasid & 0x1ff), CR3 | 1);
                map(bench, CR3, 4, 0x5000, 0x12_3007);
                assertEquals(0x12_3000, read(bench, pasid, 0x5000), "GLX " + glx);
            }
        }
    }

    @Test
    void aPasidBeyondTheTableOrTheUnitFaults() {
        try (AmdBench bench = plain()) {
            assertEquals(FAULT | 0x200L << 32, bench.fault(read(bench, 0x200, 0x5000)));
            // PASID 19:16 lies in bits 19:16
            assertEquals(FAULT | 0x1234L << 32 | 0xf_0000L, bench.fault(read(bench, 0xf_1234, 0x5000)));
        }
    }

    @Test
    void requestsWithoutPasidTakeHostTablesOrWithGiovPasidZero() {
        try (AmdBench bench = plain()) {
            assertEquals(0x5456, bench.read(0x5456), "Mode 0");
        }
        try (AmdBench bench = guest(new AmdBench(), GIOV, 0, POINTERS, 0)) {
            bench.memory.store64(POINTERS, CR3 | 1);
            map(bench, CR3, 4, 0x5000, 0x12_3007);
            assertEquals(0x12_3456, bench.read(0x5456));
            assertEquals(0x12_3456, read(bench, 0, 0x5456));
        }
    }

    @Test
    void aPasidWithoutGuestTranslationFaults() {
        try (AmdBench bench = AmdBench.host()) {
            assertEquals(FAULT | 7L << 32, bench.fault(read(bench, PASID, 0x5000)));
        }
        try (AmdBench bench = plain()) {
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON & ~0x1_0000L);
            assertEquals(FAULT | 7L << 32, bench.fault(read(bench, PASID, 0x5000)), "GTEn 0");
        }
    }

    @Test
    void tablesHaveFourOrFiveLevels() {
        try (AmdBench bench = guest(new AmdBench(), 0, 0, POINTERS, 1L << 54)) {
            bench.memory.store64(POINTERS + 8 * PASID, CR3 | 1);
            map(bench, CR3, 5, 0x00ab_cdef_0123_4000L, 0x12_3007);
            map(bench, CR3, 5, 0xffab_cdef_0123_4000L, 0x12_4007);
            assertEquals(0x12_3000, read(bench, PASID, 0x00ab_cdef_0123_4000L));
            assertEquals(0x12_4000, read(bench, PASID, 0xffab_cdef_0123_4000L));
            assertEquals(FAULT | US | 7L << 32, bench.fault(read(bench, PASID, 0x01ab_cdef_0123_4000L)));
        }
        try (AmdBench bench = plain()) {
            map(bench, CR3, 4, 0xffff_8000_0123_4000L, 0x12_4007);
            assertEquals(0x12_4000, read(bench, PASID, 0xffff_8000_0123_4000L));
            assertEquals(FAULT | US | 7L << 32, bench.fault(read(bench, PASID, 0x0000_8000_0123_4000L)));
        }
    }

    @Test
    void largePagesStandInLevelsTwoAndThree() {
        try (AmdBench bench = plain()) {
            long level2 = 0x30_0000 + 0x1000;
            bench.memory.store64(0x30_0000 + 8, 0x0000_0000_0000_0087L);
            bench.memory.store64(level2 + 8, 0x60_0087L);
            bench.memory.store64(level2 + 16, 0x61_0087L);
            bench.memory.store64(CR3 + 8, 0x87L);
            assertEquals(0x0012_3456, read(bench, PASID, 0x4012_3456L));
            assertEquals(0x60_3456, read(bench, PASID, 0x20_3456));
            assertEquals(FAULT | US | PR | RZ | 7L << 32, bench.fault(read(bench, PASID, 0x40_3456)), "low bits");
            assertEquals(FAULT | US | PR | RZ | 7L << 32, bench.fault(read(bench, PASID, 0x80_0000_0000L)), "PS");
        }
    }

    @Test
    void rightsAreThoseOfAllLevelsForAUser() {
        try (AmdBench bench = plain()) {
            map(bench, CR3, 4, 0x6000, 0x12_4005);
            map(bench, CR3, 4, 0x7000, 0x12_5003);
            map(bench, CR3, 4, 0x8000, 0x8000_0000_0012_6007L);
            assertEquals(0x12_4000, read(bench, PASID, 0x6000));
            assertEquals(FAULT | US | PR | RW | PE | 7L << 32, bench.fault(write(bench, PASID, 0x6000)));
            assertEquals(FAULT | US | PR | PE | 7L << 32, bench.fault(read(bench, PASID, 0x7000)));
            assertEquals(0x12_6000, write(bench, PASID, 0x8000), "nothing executes");
            assertEquals(FAULT | US | 7L << 32, bench.fault(read(bench, PASID, 0x9000)));
        }
    }

    @Test
    void accessedAndDirtyBitsAreAlwaysKept() {
        try (AmdBench bench = plain()) {
            long leaf = 0x30_2000 + 8 * 5;
            read(bench, PASID, 0x5000);
            assertEquals(0x12_3027, bench.memory.load64(leaf));
            assertEquals(0x20, bench.memory.load64(CR3) & 0x60);
            write(bench, PASID, 0x5000);
            assertEquals(0x12_3067, bench.memory.load64(leaf));
        }
    }

    /** Guest memory is mapped to itself plus 0x1000_0000 by host tables at ROOT, in pages of 2 MiB. */
    private static AmdBench nested() {
        AmdBench bench = guest(new AmdBench(), AmdBench.ROOT | 4 << 9, 0, POINTERS, 0);
        for (long address = 0; address < 0x80_0000; address += 0x20_0000) {
            bench.put(AmdBench.ROOT, 4, 2, address, RIGHTS | address + 0x1000_0000L | 1);
        }
        bench.memory.store64(POINTERS + 8 * PASID + 0x1000_0000L, CR3 | 1);
        long[] tables = {CR3, 0x41_0000, 0x42_0000, 0x43_0000};
        for (int i = 0; i < 3; i++) {
            bench.memory.store64(tables[i] + 0x1000_0000L, tables[i + 1] | 7);
        }
        bench.memory.store64(tables[3] + 0x1000_0000L + 8 * 5, 0x12_3007);
        bench.memory.store64(tables[3] + 0x1000_0000L + 8 * 6, 0x90_0007);
        return bench;
    }

    @Test
    void nestedTablesHoldGuestAddresses() {
        try (AmdBench bench = nested()) {
            assertEquals(0x1012_3456, read(bench, PASID, 0x5456));
            assertEquals(0x1012_3456, write(bench, PASID, 0x5456));
            assertEquals(0x1000_5456, bench.read(0x5456), "without PASID: host tables alone");
            assertEquals(Requester.ABORT, read(bench, PASID, 0x6456));
            // GN 0: domain 5, a guest physical address that is not present
            assertArrayEquals(new long[] {0x2000_0005_0000_0010L, 0x90_0456}, bench.event());
        }
    }

    @Test
    void aGuestTableThatHostTablesDoNotAllowIsAHostFault() {
        try (AmdBench bench = nested()) {
            // The host page of CR3 can be read only: the guest's accessed bit cannot be set.
            bench.put(AmdBench.ROOT, 4, 2, 0x40_0000, 1L << 61 | 0x1040_0001L);
            assertEquals(Requester.ABORT, read(bench, PASID, 0x5456));
            assertArrayEquals(new long[] {0x2050_0005_0000_0010L, CR3}, bench.event());
        }
    }

    @Test
    void bothStagesAreInvalidatedApart() {
        try (AmdBench bench = nested()) {
            read(bench, PASID, 0x5456);
            bench.memory.store64(0x1043_0000L + 8 * 5, 0x32_3007);
            bench.put(AmdBench.ROOT, 4, 2, 0, RIGHTS | 0x1200_0001L);
            assertEquals(0x1012_3456, read(bench, PASID, 0x5456));
            bench.submit(AmdBench.PAGES | 5L << 32, 0xf_f003L);
            assertEquals(0x1212_3456, read(bench, PASID, 0x5456), "host: 2 MiB at 0");
            bench.submit(AmdBench.PAGES | 5L << 32 | PASID, 0x5004);
            assertEquals(0x1032_3456, read(bench, PASID, 0x5456), "guest: one page of PASID 7");
        }
    }
}
