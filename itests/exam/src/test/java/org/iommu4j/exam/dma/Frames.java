package org.iommu4j.exam.dma;

import org.iommu4j.api.machine.PhysicalMemory;

/**
 * A range of RAM whose frames say who they are: word 0 is a function of the physical address and never written again,
 * word 1 is for the device to write.
 */
record Frames(PhysicalMemory memory, long pa, int count) {
    private static final long MARK = 0x9E37_79B9_7F4A_7C15L;

    /** Marks them. */
    static Frames of(PhysicalMemory memory, long pa, int count) {
        Frames frames = new Frames(memory, pa, count);
        for (int i = 0; i < count; i++) {
            memory.store64(frames.address(i), frames.mark(i));
        }
        return frames;
    }

    long address(int index) {
        return pa + index * PhysicalMemory.PAGE;
    }

    long mark(int index) {
        return (address(index) >>> 12) * MARK | 1;
    }

    /** What the device has written to the frame. */
    long written(int index) {
        return memory.loadAcquire64(address(index) + Long.BYTES);
    }

    long length() {
        return count * PhysicalMemory.PAGE;
    }
}
