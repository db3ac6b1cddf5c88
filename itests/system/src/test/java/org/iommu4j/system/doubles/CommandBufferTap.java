package org.iommu4j.system.doubles;

import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * Registers of an AMD IOMMU that look at what the driver has queued before hardware is told of it. AMD 48882 3.4:
 * Command Buffer Base Address at 0x0008, ComBase in bits 51:12, ComLen (log2 of the commands) in 59:56; Command Buffer
 * Tail Pointer at 0x2008, in bits 18:4.
 */
final class CommandBufferTap extends RegistersDouble {
    private static final long BASE = 0x0008;
    private static final long TAIL = 0x2008;
    private static final long ADDRESS = (1L << 52) - PhysicalMemory.PAGE;
    private static final int LENGTH_SHIFT = 56;
    private static final int LENGTH_BITS = 0xf;
    private static final int COMMAND_BYTES = 16;

    private final PhysicalMemory memory;
    private final DescriptorRule rule;

    CommandBufferTap(RegisterSpace real, PhysicalMemory memory, DescriptorRule rule) {
        super(real);
        this.memory = memory;
        this.rule = rule;
    }

    @Override
    public void write64(long offset, long value) {
        if (offset == TAIL) {
            editUpTo(value);
        }
        super.write64(offset, value);
    }

    private void editUpTo(long tail) {
        long buffer = read64(BASE);
        long size = (long) COMMAND_BYTES << (buffer >>> LENGTH_SHIFT & LENGTH_BITS);
        for (long at = read64(TAIL); at != tail; at = (at + COMMAND_BYTES) % size) {
            long command = (buffer & ADDRESS) + at;
            long[] words = {memory.load64(command), memory.load64(command + Long.BYTES)};
            rule.edit(words, memory);
            memory.store64(command, words[0]);
            memory.storeRelease64(command + Long.BYTES, words[1]);
        }
    }
}
