package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stream table entries and what is wrong with them: Arm IHI 0070, 5.1, 5.2, 7.3. */
class StreamTableTest {
    private static final long FAULT_ID = (long) SmmuBench.SID << 32;

    @Test
    void anInvalidEntryIsRecordedBitForBit() {
        try (SmmuBench bench = new SmmuBench().start()) {
            assertEquals(Requester.ABORT, bench.read(0x5000));
            assertArrayEquals(new long[] {FAULT_ID | 0x04, 0, 0, 0}, bench.event(), "7.3.5");
            assertEquals(Requester.ABORT, bench.translate(SmmuBench.SID, 7, 0x5000, Protection.READ));
            assertArrayEquals(new long[] {FAULT_ID | 7 << 12 | 1 << 11 | 0x04, 0, 0, 0}, bench.event(), "SSV");
        }
    }

    @Test
    void configAbortRecordsNothing() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, 1);
            bench.start();
            assertEquals(Requester.ABORT, bench.read(0x5000));
            assertNull(bench.event());
        }
    }

    @Test
    void bypassKeepsTheAddressWithinTheOutputSize() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.stream(SmmuBench.SID, 9);
            bench.start();
            assertEquals(0xfff_ffff_fff8L, bench.read(0xfff_ffff_fff8L));
            assertEquals(0x11, bench.faultOfRead(1L << 44), "F_ADDR_SIZE");
            assertEquals(Requester.ABORT, bench.translate(SmmuBench.SID, 3, 0x5000, Protection.READ));
            assertEquals(0x08, bench.fault(), "a SubstreamID without a first stage");
        }
    }

    @Test
    void aStreamBeyondTheTableIsBadOnlyIfThatIsRecorded() {
        try (SmmuBench bench = new SmmuBench().start()) {
            assertEquals(Requester.ABORT, bench.translate(256, Requester.NO_PASID, 0, Protection.READ));
            assertArrayEquals(new long[] {256L << 32 | 0x02, 0, 0, 0}, bench.event());
            bench.registers.write32(0x20, 0xc);
            bench.registers.write32(0x2c, 0);
            bench.registers.write32(0x20, 0xd);
            assertEquals(Requester.ABORT, bench.translate(256, Requester.NO_PASID, 0, Protection.READ));
            assertNull(bench.event());
        }
    }

    @Test
    void aTableThatIsNoMemoryIsAFetchFault() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.registers.write64(0x80, 0x7000_0000L);
            bench.registers.write32(0x88, 8);
            bench.registers.write64(0xa0, SmmuBench.EVENTS | SmmuBench.EVENTS_LG2);
            bench.registers.write32(0x20, 0x5);
            assertEquals(Requester.ABORT, bench.read(0));
            assertArrayEquals(new long[] {FAULT_ID | 0x03, 0, 0, 0x7000_0000L + 64 * SmmuBench.SID}, bench.event());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 8, 10})
    void twoLevelsAreSplitWhereSoftwareSays(int split) {
        try (SmmuBench bench = new SmmuBench()) {
            int sid = 3 << split | 2;
            long leaf = 0x60_0000;
            bench.memory.store64(SmmuBench.STREAMS + 8 * 3, leaf | 3);
            bench.memory.store64(leaf + 64 * 2, 9);
            bench.registers.write32(0x2c, 2);
            bench.registers.write64(0x80, SmmuBench.STREAMS);
            bench.registers.write32(0x88, 1 << 16 | split << 6 | 16);
            bench.registers.write64(0xa0, SmmuBench.EVENTS | SmmuBench.EVENTS_LG2);
            bench.registers.write32(0x20, 0x5);
            assertEquals(0x5000, bench.translate(sid, Requester.NO_PASID, 0x5000, Protection.READ));
            assertEquals(Requester.ABORT, bench.translate(sid + 2, Requester.NO_PASID, 0, Protection.READ));
            assertEquals(0x02, bench.fault(), "Span 3: four entries");
            assertEquals(Requester.ABORT, bench.translate(4 << split, Requester.NO_PASID, 0, Protection.READ));
            assertEquals(0x02, bench.fault(), "Span 0");
            bench.memory.store64(SmmuBench.STREAMS + 8 * 4, leaf | split + 2);
            assertEquals(Requester.ABORT, bench.translate(4 << split, Requester.NO_PASID, 0, Protection.READ));
            assertEquals(0x02, bench.fault(), "Span beyond SPLIT + 1");
        }
    }

    @Test
    void illegalEntriesAreBad() {
        long first = SmmuBench.STE_FIRST;
        long second = SmmuBench.STE_SECOND;
        long good = SmmuBench.STE_2;
        long table = SmmuBench.STAGE_2;
        long[][] entries = {
            {first | 17L << 59, 0, 0, 0},                   // S1CDMax 17, SSIDSIZE 16
            {first, 1L << 30, 0, 0},                        // STRW 1
            {second, 0, good & ~(1L << 51), table},         // S2AA64 0
            {second, 0, good | 1L << 52, table},            // S2ENDI 1, TTENDIAN says little only
            {second, 0, good | 3L << 46, table},            // S2TG reserved
            {second, 0, good | 3L << 38, table},            // S2SL0 3
            {second, 0, good & ~(0x3fL << 32) | 16L << 32, table}, // 48 bits, OAS 44
            {second, 0, good & ~(0x3fL << 32) | 40L << 32, table}, // 24 bits
            {second, 0, good & ~(3L << 38), table},         // 39 bits from level 2: 512 tables
            {second, 0, good | 1L << 55, table},            // S2HD without S2HA
            {second, 0, good, 1L << 44},                    // S2TTB beyond S2PS
        };
        for (long[] entry : entries) {
            try (SmmuBench bench = new SmmuBench()) {
                bench.stream(SmmuBench.SID, entry);
                bench.start();
                assertEquals(0x04, bench.faultOfRead(0x5000), Long.toHexString(entry[0]) + " "
                        + Long.toHexString(entry[1]) + " " + Long.toHexString(entry[2]));
            }
        }
    }
}
