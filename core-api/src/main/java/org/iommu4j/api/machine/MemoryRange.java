package org.iommu4j.api.machine;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A range of physical addresses that is RAM.
 *
 * @param start multiple of 1 GiB
 * @param length in bytes, multiple of 4 KiB, not 0
 */
public record MemoryRange(long start, long length) {
    public MemoryRange {
        if (start < 0 || (start & PhysicalMemory.CHUNK - 1) != 0 || length <= 0
                || (length & PhysicalMemory.PAGE - 1) != 0 || start + length < 0) {
            throw IommuException.of(Reason.BAD_INPUT,
                    "memory range %#x + %#x: the start is a multiple of 1 GiB, the length one of 4 KiB", start, length);
        }
    }

    /** Inclusive. */
    public long last() {
        return start + length - 1;
    }

    public boolean contains(long pa, long size) {
        return pa >= start && size <= length && pa - start <= length - size;
    }
}
