package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command queue and its errors: Arm IHI 0070, 3.5, 4.1, 4.7.3, 7.1. */
class CommandQueueTest {
    private static final int GERROR = 0x60;
    private static final int GERRORN = 0x64;
    private static final int CMDQ_CONS = 0x9c;

    @ParameterizedTest
    @ValueSource(longs = {0x00, 0x07, 0x14, 0x18, 0x1a, 0x40, 0x41, 0x47, 0xff, // none, or ATS, PRI, EL3
        0x403, 0x404, 0x405, 0x406, 0x401,                                      // SSec
        0x3046})                                                               // CS 3
    void anIllegalCommandStopsTheQueueUntilItIsAcknowledged(long word0) {
        try (SmmuBench bench = new SmmuBench().start()) {
            bench.submit(0x46, 0, word0, 0, 0x46, 0);
            assertEquals(1 << 24 | 1, bench.registers.read32(CMDQ_CONS), "CERROR_ILL, CONS stays at it");
            assertEquals(1, bench.registers.read32(GERROR));
            bench.submit(0x46, 0);
            assertEquals(1 << 24 | 1, bench.registers.read32(CMDQ_CONS), "nothing more is consumed");
            bench.memory.store64(SmmuBench.COMMANDS + 16, 0x46);
            bench.registers.write32(GERRORN, 1);
            assertEquals(4, bench.registers.read32(CMDQ_CONS) & 0xf_ffff);
            assertTrue(bench.idle());
            bench.submit(word0, 0);
            assertEquals(0, bench.registers.read32(GERROR), "the bit toggles back");
            assertEquals(1, bench.registers.read32(GERRORN));
        }
    }

    @Test
    void aRangeWithoutRangeAndLevelIsReserved() {
        try (SmmuBench bench = new SmmuBench().start()) {
            bench.submit(0x12 | 1L << 48, 0x5401);
            assertEquals(1 << 24, bench.registers.read32(CMDQ_CONS));
        }
    }

    @Test
    void aQueueThatIsNoMemoryIsAborted() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.registers.write64(0x90, 0x7000_0000L | 4);
            bench.registers.write32(0x98, 1);
            bench.registers.write32(0x20, 0x8);
            assertEquals(2 << 24, bench.registers.read32(CMDQ_CONS), "CERROR_ABT");
            assertEquals(1, bench.registers.read32(GERROR));
        }
    }

    @Test
    void theQueueWrapsManyTimes() {
        try (SmmuBench bench = new SmmuBench().start()) {
            for (int i = 0; i < 1000; i++) {
                bench.submit(0x01, 0, 0x30, 0, 0x46, 0);
                assertTrue(bench.idle(), "round " + i);
            }
            assertEquals(1000, bench.counter("syncs"));
        }
    }

    @Test
    void aSyncTellsByMessage() {
        try (SmmuBench bench = new SmmuBench().start()) {
            long address = 0x7f_0000;
            bench.submit(0x1046 | 0xcafeL << 32, address);
            assertEquals(0xcafe, bench.memory.loadAcquire32(address), "to memory");
            bench.submit(0x1046 | 7L << 32, SmmuBench.DOORBELL);
            assertEquals(List.of(SmmuBench.DOORBELL << 32 | 7), bench.messages, "to an interrupt controller");
            bench.submit(0x0046 | 8L << 32, address, 0x2046 | 8L << 32, address);
            assertEquals(0xcafe, bench.memory.loadAcquire32(address), "not with CS none or SEV");
            assertTrue(bench.idle());
            bench.submit(0x1046, 0x7000_0000L);
            assertEquals(1 << 4, bench.registers.read32(GERROR), "MSI_CMDQ_ABT");
        }
    }

    @Test
    void resumeIsIllegalWhereNothingStalls() {
        SmmuIds ids = new SmmuIds(SmmuBench.IDR0 | 1 << 24, SmmuBench.IDR1, SmmuBench.IDR3, SmmuBench.IDR5, 0, 2, 44);
        try (SmmuBench bench = new SmmuBench(ids, CacheSizes.DEFAULT, 1).start()) {
            bench.submit(0x44, 0);
            assertEquals(1 << 24, bench.registers.read32(CMDQ_CONS));
        }
        try (SmmuBench bench = new SmmuBench().start()) {
            bench.submit(0x44, 0, 0x45, 0);
            assertTrue(bench.idle(), "a tag that is not stalled: no effect");
        }
    }
}
