package org.iommu4j.system.doubles;

import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * Registers of an SMMUv3 that look at what the driver has queued before hardware is told of it. IHI 0070 6.3.26 to
 * 6.3.28: CMDQ_BASE at 0x90, ADDR in bits 51:5, LOG2SIZE 4:0; CMDQ_PROD at 0x98, its wrap bit above the index.
 */
final class CommandTap extends RegistersDouble {
    private static final long BASE = 0x90;
    private static final long PROD = 0x98;
    private static final long ADDRESS = (1L << 52) - 32;
    private static final int SIZE_BITS = 0b11111;
    private static final int COMMAND_BYTES = 16;

    private final PhysicalMemory memory;
    private final DescriptorRule rule;

    CommandTap(RegisterSpace real, PhysicalMemory memory, DescriptorRule rule) {
        super(real);
        this.memory = memory;
        this.rule = rule;
    }

    @Override
    public void write32(long offset, int value) {
        if (offset == PROD) {
            editUpTo(value);
        }
        super.write32(offset, value);
    }

    private void editUpTo(int tail) {
        long base = read64(BASE);
        int size = 1 << (base & SIZE_BITS);
        for (int at = read32(PROD); (at ^ tail & 2 * size - 1) != 0; at = at + 1 & 2 * size - 1) {
            long command = (base & ADDRESS) + (long) (at & size - 1) * COMMAND_BYTES;
            long[] words = {memory.load64(command), memory.load64(command + Long.BYTES)};
            rule.edit(words, memory);
            memory.store64(command, words[0]);
            memory.storeRelease64(command + Long.BYTES, words[1]);
        }
    }
}
