package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Fault logging and its interrupt: VT-d specification 7.2, 7.3, 11.4.6 to 11.4.10, 11.4.14. */
class FaultRecordingTest {
    private static final int FSTS = VtdBench.FSTS;
    private static final int FECTL = VtdBench.FECTL;

    /** CAP.NFR 2: three records, at 0x220, 0x230, 0x240. No root entry is present. */
    private static VtdBench bench() {
        VtdBench bench = new VtdBench(VtdBench.CAP | 2L << 40, VtdBench.ECAP, VtdCaches.DEFAULT, 1);
        bench.registers.write32(0x3c, 0x51);
        bench.registers.write32(0x40, 0xfee0_0000);
        return bench.start(VtdBench.ROOT);
    }

    @Test
    void faultsFillTheRecordsInTurnAndThenOverflow() {
        try (VtdBench bench = bench()) {
            bench.read(0x1fff);
            assertEquals(0x0000_0002, bench.registers.read32(FSTS), "PPF, FRI 0");
            bench.write(0x2000);
            bench.read(0x3000);
            assertEquals(0x1000, bench.registers.read64(0x220), "FI, without the offset in the page");
            assertEquals(0xc000_0001_0000_0010L, bench.registers.read64(0x228));
            assertEquals(0x2000, bench.registers.read64(0x230));
            assertEquals(0x8000_0001_0000_0010L, bench.registers.read64(0x238));
            assertEquals(0x3000, bench.registers.read64(0x240));
            bench.read(0x4000);
            assertEquals(0x0000_0003, bench.registers.read32(FSTS), "PFO");
            assertEquals(0x1000, bench.registers.read64(0x220), "nothing is overwritten");
            assertEquals(4, bench.counter("faults"));
        }
    }

    @Test
    void nothingIsRecordedUntilTheOverflowIsCleared() {
        try (VtdBench bench = bench()) {
            for (int i = 0; i < 4; i++) {
                bench.read(0x1000);
            }
            bench.registers.write32(0x22c, 0x8000_0000);
            bench.read(0x7000);
            assertEquals(0, bench.registers.read64(0x228) >>> 63);
            bench.registers.write32(FSTS, 1);
            bench.read(0x7000);
            assertEquals(0x7000, bench.registers.read64(0x220));
        }
    }

    @Test
    void pendingIsReadOnlyAndFollowsTheRecords() {
        try (VtdBench bench = bench()) {
            bench.read(0x1000);
            bench.registers.write32(FSTS, -1);
            assertEquals(2, bench.registers.read32(FSTS));
            bench.registers.write32(0x22c, 0x8000_0000);
            assertEquals(0, bench.registers.read32(FSTS));
            bench.read(0x2000);
            assertEquals(0x0102, bench.registers.read32(FSTS), "FRI 1: the next record is the first pending one");
            bench.registers.write64(0x238, 0x7fff_ffff_ffff_ffffL);
            assertEquals(0x0102, bench.registers.read32(FSTS), "0 clears nothing");
            bench.registers.write64(0x238, 1L << 63);
            assertEquals(0, bench.registers.read32(FSTS));
        }
    }

    @Test
    void theInterruptComesOnceUntilAllIsServed() {
        try (VtdBench bench = bench()) {
            bench.registers.write32(FECTL, 0);
            bench.read(0x1000);
            bench.read(0x2000);
            assertEquals(List.of(0xfee0_0000L << 32 | 0x51), bench.messages);
            bench.registers.write32(0x22c, 0x8000_0000);
            bench.registers.write32(0x23c, 0x8000_0000);
            bench.read(0x3000);
            assertEquals(2, bench.messages.size());
        }
    }

    @Test
    void aMaskedInterruptIsPendingUntilItIsSentOrServed() {
        try (VtdBench bench = bench()) {
            bench.read(0x1000);
            assertEquals(0xc000_0000, bench.registers.read32(FECTL), "IM, IP");
            bench.registers.write32(FECTL, 0);
            assertEquals(0, bench.registers.read32(FECTL));
            assertEquals(1, bench.messages.size());
            bench.registers.write32(0x22c, 0x8000_0000);
            bench.registers.write32(FECTL, 0x8000_0000);
            bench.read(0x2000);
            bench.registers.write32(0x23c, 0x8000_0000);
            assertEquals(0x8000_0000, bench.registers.read32(FECTL), "served: not pending any more");
            bench.registers.write32(FECTL, 0);
            assertEquals(1, bench.messages.size());
        }
    }

    @Test
    void aQueueErrorIsAFaultEventToo() {
        try (VtdBench bench = bench()) {
            bench.registers.write32(FECTL, 0);
            bench.submit(0, 0);
            assertEquals(1, bench.messages.size());
            bench.read(0x1000);
            assertEquals(1, bench.messages.size(), "one condition is pending already");
        }
    }
}
