package org.iommu4j.amdvi.queues;

import org.iommu4j.amdvi.registers.BaseRegister;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;

/** Where an event log lies: 512 entries of 16 bytes. @param base a multiple of its size */
public record EventRing(PhysicalMemory memory, long base) {
    private static final int SLOTS_LG2 = 9;
    private static final int BYTES_LG2 = SLOTS_LG2 + LoggedEvent.BYTES_LG2;

    /** A new, empty log. @throws org.iommu4j.api.IommuException NO_MEMORY */
    public static EventRing allocate(PhysicalMemory memory, PageAllocator frames) {
        return new EventRing(memory, frames.allocate(BYTES_LG2));
    }

    /** Gives the frames back. */
    public void free(PageAllocator frames) {
        frames.free(base, BYTES_LG2);
    }

    /** What Event Log Base Address holds for it. */
    public long register() {
        return BaseRegister.events(base, SLOTS_LG2);
    }

    static int next(int slot) {
        return slot + 1 & (1 << SLOTS_LG2) - 1;
    }

    long low(int slot) {
        return memory.loadAcquire64(address(slot));
    }

    long high(int slot) {
        return memory.loadAcquire64(address(slot) + Long.BYTES);
    }

    /** Makes an entry one that hardware has not written yet. */
    void clear(int slot) {
        memory.store64(address(slot), 0);
        memory.store64(address(slot) + Long.BYTES, 0);
    }

    private long address(int slot) {
        return base + ((long) slot << LoggedEvent.BYTES_LG2);
    }
}
