package org.iommu4j.amdvi.queues;

import org.iommu4j.amdvi.registers.BaseRegister;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * Where a command buffer lies: 512 commands of 16 bytes, and as many words that completion waits store to, one a slot.
 * Positions count commands since the ring was made; a position's slot is its remainder by 512.
 *
 * @param base of the commands, a multiple of their size
 * @param stores of the words that waits store to
 */
public record CommandRing(PhysicalMemory memory, long base, long stores) {
    /** Commands of a ring. */
    public static final int SLOTS = 1 << 9;

    private static final int SLOTS_LG2 = 9;
    private static final int COMMAND_LG2 = 4;
    private static final int BYTES_LG2 = SLOTS_LG2 + COMMAND_LG2;
    private static final int STORES_LG2 = 12;

    /** A new ring. @throws org.iommu4j.api.IommuException NO_MEMORY */
    public static CommandRing allocate(PhysicalMemory memory, PageAllocator frames) {
        long base = frames.allocate(BYTES_LG2);
        try {
            return new CommandRing(memory, base, frames.allocate(STORES_LG2));
        } catch (RuntimeException e) {
            frames.free(base, BYTES_LG2);
            throw e;
        }
    }

    /** Gives the frames back. */
    public void free(PageAllocator frames) {
        frames.free(base, BYTES_LG2);
        frames.free(stores, STORES_LG2);
    }

    /** What Command Buffer Base Address holds for it. */
    public long register() {
        return BaseRegister.commands(base, SLOTS_LG2);
    }

    /** The slot of a position. */
    public static int slot(long position) {
        return (int) position & SLOTS - 1;
    }

    /** The slot of a command by its address, or -1 if none lies there. */
    int slotAt(long pa) {
        long offset = pa - base;
        return offset < 0 || offset >= 1L << BYTES_LG2 ? -1 : (int) (offset >>> COMMAND_LG2);
    }

    void write(long position, long low, long high) {
        long pa = address(position);
        memory.store64(pa, low);
        memory.store64(pa + Long.BYTES, high);
    }

    long low(long position) {
        return memory.load64(address(position));
    }

    long high(long position) {
        return memory.load64(address(position) + Long.BYTES);
    }

    private long address(long position) {
        return base + ((long) slot(position) << COMMAND_LG2);
    }

    long storeAddress(long position) {
        return stores + (long) slot(position) * Long.BYTES;
    }

    /** What the wait at a position stores: never what an earlier one in its slot did, and never 0. */
    static long storeData(long position) {
        return position + 1;
    }

    /** True if the wait at a position is complete; a later wait in the same slot says so too. */
    boolean isComplete(long position) {
        return memory.loadAcquire64(storeAddress(position)) >= storeData(position);
    }
}
