package org.iommu4j.system.doubles;

import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * Registers of a VT-d unit that look at what the driver has queued before hardware is told of it. VT-d specification
 * 11.4.9.1 to 11.4.9.3: IQT at 0x88, IQA at 0x90; positions in bits 18:4, IQA 63:12, DW 11, QS 2:0.
 */
final class QueueTap extends RegistersDouble {
    private static final long IQT = 0x88;
    private static final long IQA = 0x90;
    private static final long POSITION = 0x7fff0;
    private static final long WIDE = 1 << 11;
    private static final int SIZE_BITS = 0b111;

    private final PhysicalMemory memory;
    private final DescriptorRule rule;

    QueueTap(RegisterSpace real, PhysicalMemory memory, DescriptorRule rule) {
        super(real);
        this.memory = memory;
        this.rule = rule;
    }

    @Override
    public void write64(long offset, long value) {
        if (offset == IQT) {
            editUpTo(value & POSITION);
        }
        super.write64(offset, value);
    }

    private void editUpTo(long tail) {
        long queue = read64(IQA);
        long bytes = (queue & WIDE) != 0 ? 32 : 16;
        long size = PhysicalMemory.PAGE << (queue & SIZE_BITS);
        long base = queue & -PhysicalMemory.PAGE;
        for (long at = read64(IQT) & POSITION; at != tail; at = (at + bytes) % size) {
            long[] words = {memory.load64(base + at), memory.load64(base + at + Long.BYTES)};
            rule.edit(words, memory);
            memory.store64(base + at, words[0]);
            memory.storeRelease64(base + at + Long.BYTES, words[1]);
        }
    }
}
