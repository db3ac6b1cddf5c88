package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The event queue: Arm IHI 0070, 7.2, 7.4. */
class EventQueueTest {
    private static final int PROD = 0x100a8;
    private static final int CONS = 0x100ac;

    @Test
    void aFullQueueLosesRecordsAndSaysSoOnce() {
        try (SmmuBench bench = new SmmuBench().start()) {
            for (int i = 0; i < 12; i++) {
                bench.read(0x1000L * i);
            }
            assertEquals(1 << 31 | 8, bench.registers.read32(PROD), "8 records, OVFLG");
            bench.registers.write32(CONS, 4);
            bench.read(0);
            assertEquals(1 << 31 | 9, bench.registers.read32(PROD), "records go on unacknowledged");
            bench.registers.write32(CONS, 1 << 31 | 9);
            for (int i = 0; i < 9; i++) {
                bench.read(0);
            }
            assertEquals(1, bench.registers.read32(PROD), "wrapped, and OVFLG toggled back");
        }
    }

    @Test
    void theInterruptComesWhenTheQueueIsNoLongerEmpty() {
        try (SmmuBench bench = new SmmuBench().start()) {
            bench.registers.write64(0xb0, SmmuBench.DOORBELL);
            bench.registers.write32(0xb8, 9);
            bench.read(0);
            assertEquals(List.of(), bench.messages, "disabled");
            bench.event();
            bench.registers.write32(0x50, 5);
            assertEquals(5, bench.registers.read32(0x54));
            bench.read(0);
            bench.read(0);
            assertEquals(List.of(SmmuBench.DOORBELL << 32 | 9), bench.messages);
            bench.event();
            bench.event();
            bench.read(0);
            assertEquals(2, bench.messages.size());
            bench.registers.write32(0xb8, 10);
            assertEquals(9, bench.registers.read32(0xb8), "locked while enabled");
        }
    }

    @Test
    void aQueueThatIsNoMemoryIsAGlobalError() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.registers.write64(0x80, SmmuBench.STREAMS);
            bench.registers.write64(0xa0, 0x7000_0003L);
            bench.registers.write64(0x68, SmmuBench.DOORBELL);
            bench.registers.write32(0x70, 11);
            bench.registers.write32(0x50, 1);
            bench.registers.write32(0x88, 8);
            bench.registers.write32(0x20, 5);
            bench.read(0);
            assertEquals(1 << 2, bench.registers.read32(0x60), "EVENTQ_ABT_ERR");
            assertEquals(0, bench.registers.read32(PROD));
            assertEquals(List.of(SmmuBench.DOORBELL << 32 | 11), bench.messages);
        }
    }

    @Test
    void withoutTheQueueRecordsAreLost() {
        try (SmmuBench bench = new SmmuBench().start()) {
            bench.registers.write32(0x20, 0x9);
            bench.read(0);
            bench.registers.write32(0x20, 0xd);
            assertNull(bench.event());
            assertEquals(0, bench.registers.read32(PROD), "no overflow either");
        }
    }
}
