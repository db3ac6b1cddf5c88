package org.iommu4j.vtd.queues;

import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.vtd.registers.QueueAddress;

/**
 * Where a queue lies: 256 descriptors in one page, or two if they are wide, and a page of status words, one a slot.
 * Positions count descriptors since the queue was made; a position's slot is its remainder by 256.
 *
 * @param base of the descriptors, aligned to their size
 * @param wide true for descriptors of 32 bytes
 * @param status of the status words
 */
public record QueueMemory(PhysicalMemory memory, long base, boolean wide, long status) {
    /** Descriptors of a queue. */
    public static final int SLOTS = 1 << 8;

    private static final int SLOTS_LG2 = 8;
    private static final int NARROW_LG2 = 4;
    private static final int WIDE_LG2 = 5;
    private static final int PAGE_LG2 = 12;

    /** A new queue. @throws org.iommu4j.api.IommuException NO_MEMORY */
    public static QueueMemory allocate(PhysicalMemory memory, PageAllocator frames, boolean wide) {
        int sizeLg2 = SLOTS_LG2 + (wide ? WIDE_LG2 : NARROW_LG2);
        long base = frames.allocate(sizeLg2);
        try {
            return new QueueMemory(memory, base, wide, frames.allocate(PAGE_LG2));
        } catch (RuntimeException e) {
            frames.free(base, sizeLg2);
            throw e;
        }
    }

    /** Gives the frames back. */
    public void free(PageAllocator frames) {
        frames.free(base, SLOTS_LG2 + descriptorLg2());
        frames.free(status, PAGE_LG2);
    }

    /** Takes the frames, which are in use already. */
    public void hold(PageAllocator frames) {
        frames.hold(base, SLOTS_LG2 + descriptorLg2());
        frames.hold(status, PAGE_LG2);
    }

    /** A position for a register's slot that is beyond all whose waits have left a status word. */
    public long positionAfter(long register) {
        int highest = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            highest = Math.max(highest, memory.loadAcquire32(statusAddress(slot)));
        }
        return (long) highest << SLOTS_LG2 | slot(register);
    }

    /** What Invalidation Queue Address holds for it. */
    public long register() {
        return QueueAddress.of(base, wide, SLOTS_LG2 + descriptorLg2() - PAGE_LG2);
    }

    /** Byte offset of a position's slot, as the head and tail registers hold it. */
    public long offset(long position) {
        return (position & SLOTS - 1) << descriptorLg2();
    }

    /** The slot that a head or tail register points to. */
    int slot(long register) {
        return (int) (QueueAddress.offset(register) >>> descriptorLg2()) & SLOTS - 1;
    }

    void write(long position, long low, long high) {
        long pa = base + offset(position);
        memory.store64(pa, low);
        memory.store64(pa + Long.BYTES, high);
        if (wide) {
            memory.store64(pa + 2 * Long.BYTES, 0);
            memory.store64(pa + 3 * Long.BYTES, 0);
        }
    }

    long low(long position) {
        return memory.load64(base + offset(position));
    }

    long high(long position) {
        return memory.load64(base + offset(position) + Long.BYTES);
    }

    long statusAddress(long position) {
        return status + (position & SLOTS - 1) * Integer.BYTES;
    }

    /** What the wait at a position writes: how often its slot has been used, so that an older value is told apart. */
    static int statusData(long position) {
        return (int) (position >>> SLOTS_LG2) + 1;
    }

    /** True if the wait at a position is complete; a later wait in the same slot says so too. */
    boolean isComplete(long position) {
        return memory.loadAcquire32(statusAddress(position)) - statusData(position) >= 0;
    }

    private int descriptorLg2() {
        return wide ? WIDE_LG2 : NARROW_LG2;
    }
}
