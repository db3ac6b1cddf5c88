package org.iommu4j.api.machine;

import java.nio.ByteBuffer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * The contiguous memory from which frames are allocated, as one little-endian buffer: page-table code turns an address
 * into an index with one subtraction instead of a look-up a level. Immutable.
 */
public final class TablePool {
    private final long base;
    private final long length;
    private final int first;
    private final ByteBuffer memory;

    /**
     * @param base multiple of 4 KiB
     * @param length in bytes; the pool lies in one chunk of {@link PhysicalMemory}
     */
    public TablePool(PhysicalMemory memory, long base, long length) {
        if (!memory.contains(base, length)
                || (base & -PhysicalMemory.CHUNK) != (base + length - 1 & -PhysicalMemory.CHUNK)) {
            throw IommuException.of(Reason.BAD_ADDRESS, "pool %#x + %#x is not inside one chunk of memory", base,
                    length);
        }
        this.base = base;
        this.length = length;
        this.first = (int) (base & PhysicalMemory.CHUNK - 1);
        this.memory = memory.chunk(base);
    }

    public long base() {
        return base;
    }

    public long length() {
        return length;
    }

    public boolean contains(long pa) {
        return Long.compareUnsigned(pa - base, length) < 0;
    }

    /** The index of an address of the pool in {@link #memory()}. The caller knows that it lies in the pool. */
    public int index(long pa) {
        return first + (int) (pa - base);
    }

    /** Shared, little endian; leave position and limit alone. */
    public ByteBuffer memory() {
        return memory;
    }
}
