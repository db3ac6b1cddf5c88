package org.iommu4j.smmuv3.queues;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.iommu4j.smmuv3.registers.UnitRegisters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invalidations of what was unmapped, down to the registers: the JVM counts what the thread allocates. */
class AllocationTest {
    private static final int ROUNDS = 20_000;
    private static final long PAGE = 4096;
    private static final DomainForm STAGE_1 = new DomainForm(true, 12, 48, 44, false, false);
    private static final DomainForm STAGE_2 = new DomainForm(false, 12, 44, 44, false, false);

    @ParameterizedTest(name = "ranges {0}, messages {1}")
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void invalidationsAllocateNothing(boolean ranges, boolean messages) {
        ThreadMXBean standard = ManagementFactory.getThreadMXBean();
        assumeTrue(standard instanceof com.sun.management.ThreadMXBean);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) standard;
        assumeTrue(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
        try (FakeBoard board = FakeUnit.board()) {
            TableMemory memory = TableMemory.of(new FakeUnit(board, "smmu0", FakeUnit.IDR0), true);
            QueueMemory slots = QueueMemory.commands(memory, 8, messages);
            UnitRegisters registers = new UnitRegisters("smmu0", new Consumer(board.memory, slots.base()),
                    10_000_000_000L);
            UnitCaches caches = new UnitCaches(new CommandQueue(registers, slots, 0), ranges);
            work(caches);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            work(caches);
            long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(allocated < ROUNDS,
                    allocated + " bytes in " + ROUNDS + " rounds; one object each is 16 at least");
        }
    }

    private static void work(UnitCaches caches) {
        Gather gather = new Gather();
        for (int round = 0; round < ROUNDS; round++) {
            gather.clear();
            caches.forget(3, STAGE_1, gather);
            gather.add(0x7000, 0x7000 + 21 * PAGE - 1, 12);
            caches.forget(3, STAGE_1, gather);
            caches.forget(5, STAGE_2, gather);
        }
    }

    /** A queue of 2^8 commands that are consumed at once: CMDQ_PROD at 0x98, CMDQ_CONS at 0x9c (section 6.1). */
    private static final class Consumer implements RegisterSpace {
        private static final int SLOTS = 1 << 8;

        private final PhysicalMemory memory;
        private final long base;
        private int producer;

        Consumer(PhysicalMemory memory, long base) {
            this.memory = memory;
            this.base = base;
        }

        @Override
        public long length() {
            return UnitRegisters.LENGTH;
        }

        @Override
        public int read32(long offset) {
            return offset == 0x98 || offset == 0x9c ? producer : 0;
        }

        /** CMD_SYNC (0x46) with CS 1 stores its data, bits 63:32, at the address in the upper word. */
        @Override
        public void write32(long offset, int value) {
            for (int at = producer; at != value; at = at + 1 & 2 * SLOTS - 1) {
                long pa = base + (long) (at & SLOTS - 1) * 16;
                long low = memory.load64(pa);
                if ((low & 0xff) == 0x46 && (low >>> 12 & 3) == 1) {
                    memory.storeRelease32(memory.load64(pa + 8) & -4, (int) (low >>> 32));
                }
            }
            producer = value;
        }

        @Override
        public long read64(long offset) {
            return 0;
        }

        @Override
        public void write64(long offset, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void store64Bytes(long offset, long[] words) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean enqueue64Bytes(long offset, long[] words) {
            throw new UnsupportedOperationException();
        }
    }
}
