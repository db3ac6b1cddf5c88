package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** AMD 48882 section 2.2.2: the device table. Events: 2.5.2 to 2.5.4, 2.5.9. */
class DeviceTableTest {
    private static final long RIGHTS = 0x6000_0000_0000_0000L;
    private static final long ILLEGAL = 0x1000_0000_0000_0010L;
    private static final long RZ = 1L << 55;

    private static long[] eventOf(long word0, long word1, long word2) {
        try (AmdBench bench = new AmdBench().entry(AmdBench.RID, word0, word1, word2).start()) {
            return bench.read(0x5678) == Requester.ABORT ? bench.event() : null;
        }
    }

    private static void illegal(long event, long word0, long word1, long word2) {
        assertArrayEquals(new long[] {event, 0x5678}, eventOf(word0, word1, word2),
                Long.toHexString(word0) + " " + Long.toHexString(word1) + " " + Long.toHexString(word2));
    }

    @Test
    void withoutVEverythingIsForwarded() {
        try (AmdBench bench = new AmdBench().start()) {
            assertEquals(0x5678, bench.read(0x5678));
            assertEquals(0xfd_0000_0000L, bench.write(0xfd_0000_0000L));
        }
    }

    @Test
    void withVAloneNothingIsTranslated() {
        // IO_PAGE_FAULT, domain 5, not present
        assertArrayEquals(new long[] {0x2000_0005_0000_0010L, 0x5678}, eventOf(RIGHTS | 1, 5, 0));
    }

    @Test
    void inModeZeroAddressesAreUsedAsTheyAreWithinTheRights() {
        try (AmdBench bench = new AmdBench().host(1L << 61 | 3).start()) {
            assertEquals(0x5678, bench.read(0x5678));
            // PR, RW, PE
            assertEquals(0x2070_0005_0000_0010L, bench.fault(bench.write(0x5678)));
        }
    }

    @Test
    void reservedBitsMakeAnIllegalEntry() {
        for (int bit : new int[] {2, 3, 4, 5, 6, 46, 51, 52, 53, 63}) {
            illegal(ILLEGAL | RZ, 3 | 1L << bit, 5, 0);
        }
        illegal(ILLEGAL | RZ, 3, 5 | 1L << 42, 0);
        illegal(ILLEGAL | RZ, 3, 5 | 1L << 32, 0);
        for (int bit : new int[] {52, 53, 59}) {
            illegal(ILLEGAL | RZ, 3, 5, 1L << bit | 1);
            illegal(ILLEGAL | RZ, 0, 0, 1L << bit | 1);
            assertEquals(null, eventOf(RIGHTS | 3, 5, 1L << bit), "without IV it is not looked at");
        }
    }

    @Test
    void guestFieldsAreReservedWithoutGuestTranslation() {
        try (AmdBench bench = new AmdBench(AmdBench.HEADER, AmdBench.EFR & ~0x10L, AmdCaches.DEFAULT, 1)) {
            bench.entry(AmdBench.RID, RIGHTS | 1L << 55 | 3, 5, 0).start();
            assertEquals(ILLEGAL | RZ, bench.fault(bench.read(0x5678)));
        }
    }

    @Test
    void undefinedCodesMakeAnIllegalEntry() {
        // HAD 2; GV with GLX 3; GV with six levels; IntCtl 2 with IntTabLen 12
        illegal(ILLEGAL, RIGHTS | 2 << 7 | 3, 5, 0);
        illegal(ILLEGAL, RIGHTS | 1L << 55 | 3L << 56 | 3, 5, 0);
        illegal(ILLEGAL, RIGHTS | 1L << 55 | 3, 5, 2L << 54);
        illegal(ILLEGAL, RIGHTS | 3, 5, 2L << 60 | 12 << 1 | 1);
        // IoCtl 3; IntCtl 3
        illegal(ILLEGAL | RZ, RIGHTS | 3, 5 | 3L << 35, 0);
        illegal(ILLEGAL | RZ, RIGHTS | 3, 5, 3L << 60 | 1);
    }

    @Test
    void moreLevelsThanTheUnitHasArePageFaults() {
        // IO_PAGE_FAULT, domain 5, PR
        assertArrayEquals(new long[] {0x2010_0005_0000_0010L, 0x5678}, eventOf(RIGHTS | 7 << 9 | 3, 5, 0));
        // HATS 0: four levels
        try (AmdBench bench = new AmdBench(AmdBench.HEADER, AmdBench.EFR & ~0xc00L, AmdCaches.DEFAULT, 1)) {
            bench.host(RIGHTS | AmdBench.ROOT | 5 << 9 | 3).start();
            assertEquals(0x2010_0005_0000_0010L, bench.fault(bench.read(0x5678)));
        }
    }

    @Test
    void aDeviceBeyondTheTableFaults() {
        try (AmdBench bench = new AmdBench().start()) {
            assertEquals(0x5678, bench.translate(0xff, Requester.NO_PASID, 0x5678, Protection.READ));
            assertEquals(0x2000_0000_0000_0100L,
                    bench.fault(bench.translate(0x100, Requester.NO_PASID, 0x5678, Protection.READ)));
        }
    }

    @Test
    void aTableThatIsNoMemoryIsAHardwareError() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.registers.write64(AmdBench.DEVICE_TABLE_BASE, 0x4000_0000L);
            assertEquals(Requester.ABORT, bench.write(0x5678));
            // 2.5.4: code 3, type 01b master abort, RW; address of the entry
            assertArrayEquals(new long[] {0x3220_0000_0000_0010L, 0x4000_0200L}, bench.event());
        }
    }

    @Test
    void interruptsAreForwardedAsIvAndIntCtlSay() {
        long[][] cases = {{0, 0}, {1, 1}, {1 | 1L << 60, 0}, {1 | 2L << 60, 1}};
        for (long[] each : cases) {
            try (AmdBench bench = new AmdBench().entry(AmdBench.RID, 3, 5, each[0]).start()) {
                long answer = bench.write(0xfee0_1000L);
                // IO_PAGE_FAULT with I and RW
                assertEquals(each[1] == 0 ? -1 : 0x2028_0005_0000_0010L, bench.fault(answer));
                if (each[1] == 0) {
                    assertEquals(0xfee0_1000L, answer);
                }
                // INVALID_DEVICE_REQUEST, type 0: a read
                assertEquals(0x8000_0000_0000_0010L, bench.fault(bench.read(0xfee0_1000L)));
            }
        }
    }

    @Test
    void specialAddressesAreNotMemory() {
        try (AmdBench bench = new AmdBench().host(RIGHTS | 3).start()) {
            // Types 5, 3 and 2
            assertEquals(0x8a00_0000_0000_0010L, bench.fault(bench.write(0xfd_0000_0000L)));
            assertEquals(0x8a00_0000_0000_0010L, bench.fault(bench.write(0xff_ffff_f000L)));
            assertEquals(0x8600_0000_0000_0010L, bench.fault(bench.write(0xfd_f910_0000L)));
            assertEquals(0x8400_0000_0000_0010L, bench.fault(bench.write(0xfd_fdff_fff0L)));
            assertEquals(0xfc_ffff_f000L, bench.write(0xfc_ffff_f000L));
            assertEquals(0x100_0000_0000L, bench.write(0x100_0000_0000L));
            // SysMgt 3, IoCtl 1
            bench.entry(AmdBench.RID, RIGHTS | 3, 5 | 3L << 40 | 1L << 35, 0);
            bench.submit(AmdBench.DEVICE | AmdBench.RID, 0);
            assertEquals(0xfd_f910_0000L, bench.write(0xfd_f910_0000L));
            assertEquals(0xfd_fc00_0000L, bench.write(0xfd_fc00_0000L));
        }
    }

    @Test
    void theExclusionRangeIsNotTranslated() {
        try (AmdBench bench = new AmdBench().host(3).start()) {
            bench.registers.write64(0x28, 0x7000);
            bench.registers.write64(0x20, 0x5000 | 1);
            assertEquals(Requester.ABORT, bench.read(0x6000));
            bench.registers.write64(0x20, 0x5000 | 3);
            assertEquals(0x7ff8, bench.read(0x7ff8));
            assertEquals(Requester.ABORT, bench.read(0x8000));
            assertEquals(Requester.ABORT, bench.read(0x4ff8));
            bench.registers.write64(0x20, 0x5000 | 1);
            bench.entry(AmdBench.RID, 3, 5 | 1L << 39, 0);
            bench.submit(AmdBench.DEVICE | AmdBench.RID, 0);
            assertEquals(0x5000, bench.read(0x5000));
        }
    }

    @Test
    void theTableIsReadWithALookAtTheProcessorsCachesIfCoherent() {
        try (AmdBench bench = new AmdBench().host(3).start()) {
            bench.registers.write64(AmdBench.CONTROL, AmdBench.ON & ~0x400L);
            assertEquals(0x5000, bench.read(0x5000), "not flushed: no V");
            bench.flushed.flush(AmdBench.DEVICE_TABLE + 32 * AmdBench.RID, 32);
            bench.submit(AmdBench.DEVICE | AmdBench.RID, 0);
            assertEquals(Requester.ABORT, bench.read(0x5000));
        }
    }

    @Test
    void tablesAreReadWithoutALookAtTheProcessorsCachesIfSdSaysSo() {
        try (AmdBench bench = new AmdBench().entry(AmdBench.RID, RIGHTS | AmdBench.ROOT | 0x803, 5 | 1L << 38, 0)) {
            bench.start().map(0x5000, RIGHTS | 0x12_3001);
            assertEquals(Requester.ABORT, bench.read(0x5000));
            bench.flushed.flush(AmdBench.ROOT, 0x20_0000);
            assertEquals(0x12_3000, bench.read(0x5000));
        }
    }
}
