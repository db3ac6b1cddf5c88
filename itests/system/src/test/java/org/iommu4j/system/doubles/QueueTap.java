package org.iommu4j.system.doubles;

import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * Registers of a VT-d unit that look at what the driver has queued before hardware is told of it. VT-d specification
 * 11.4.9.1 to 11.4.9.3: IQT at 0x88, IQA at 0x90; positions in bits 18:4, IQA 63:12, DW 11, QS 2:0.
 */
final class QueueTap implements RegisterSpace {
    private static final long IQT = 0x88;
    private static final long IQA = 0x90;
    private static final long POSITION = 0x7fff0;
    private static final long WIDE = 1 << 11;
    private static final int SIZE_BITS = 0b111;

    private final RegisterSpace real;
    private final PhysicalMemory memory;
    private final Rule rule;

    /** What is done to a descriptor. */
    interface Rule {
        /** @param words the lower two, to be changed in place */
        void edit(long[] words, PhysicalMemory memory);
    }

    QueueTap(RegisterSpace real, PhysicalMemory memory, Rule rule) {
        this.real = real;
        this.memory = memory;
        this.rule = rule;
    }

    @Override
    public void write64(long offset, long value) {
        if (offset == IQT) {
            editUpTo(value & POSITION);
        }
        real.write64(offset, value);
    }

    private void editUpTo(long tail) {
        long queue = real.read64(IQA);
        long bytes = (queue & WIDE) != 0 ? 32 : 16;
        long size = PhysicalMemory.PAGE << (queue & SIZE_BITS);
        long base = queue & -PhysicalMemory.PAGE;
        for (long at = real.read64(IQT) & POSITION; at != tail; at = (at + bytes) % size) {
            long[] words = {memory.load64(base + at), memory.load64(base + at + Long.BYTES)};
            rule.edit(words, memory);
            memory.store64(base + at, words[0]);
            memory.storeRelease64(base + at + Long.BYTES, words[1]);
        }
    }

    @Override
    public long length() {
        return real.length();
    }

    @Override
    public int read32(long offset) {
        return real.read32(offset);
    }

    @Override
    public long read64(long offset) {
        return real.read64(offset);
    }

    @Override
    public void write32(long offset, int value) {
        real.write32(offset, value);
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        real.store64Bytes(offset, words);
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        return real.enqueue64Bytes(offset, words);
    }
}
