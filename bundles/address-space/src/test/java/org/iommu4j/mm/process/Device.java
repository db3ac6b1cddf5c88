package org.iommu4j.mm.process;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.AddressSpace;
import org.iommu4j.api.sva.AddressSpaceNotifier;
import org.iommu4j.api.sva.FaultResult;

/**
 * A device behind a unit, as far as a process sees it: it walks the x86 table in memory (Intel SDM volume 3, section
 * 4.5), sets accessed and dirty bits, keeps what it found until it is told, and asks for what is missing.
 */
final class Device implements AddressSpaceNotifier {
    private static final long PRESENT = 1;
    private static final long WRITE = 1 << 1;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long ADDRESS = 0x000F_FFFF_FFFF_F000L;

    private final PhysicalMemory memory;
    private final AddressSpace space;
    /** By page: the entry as it was found. */
    private final Map<Long, Long> cache = new ConcurrentHashMap<>();
    /** Accesses share it; who invalidates waits for them. */
    private final ReentrantReadWriteLock transactions = new ReentrantReadWriteLock();
    private boolean released;

    /** What is done with a translated address. */
    @FunctionalInterface
    interface Body {
        void at(long pa);
    }

    Device(PhysicalMemory memory, AddressSpace space) {
        this.memory = memory;
        this.space = space;
        space.register(this);
    }

    /** Accesses an address, after as many faults as it takes. */
    FaultResult access(long address, int access, Body body) {
        while (true) {
            transactions.readLock().lock();
            try {
                if (released) {
                    return FaultResult.EXITED;
                }
                long pa = translate(address, (access & Access.WRITE) != 0);
                if (pa >= 0) {
                    body.at(pa);
                    return FaultResult.HANDLED;
                }
            } finally {
                transactions.readLock().unlock();
            }
            FaultResult result = space.handleFault(address, access);
            if (result != FaultResult.HANDLED) {
                return result;
            }
        }
    }

    private long translate(long address, boolean write) {
        long page = address & -Board.PAGE;
        Long cached = cache.get(page);
        long entry = cached != null && (!write || (cached & (WRITE | DIRTY)) == (WRITE | DIRTY)) ? cached
                : walk(address, write);
        if (entry == 0) {
            return -1;
        }
        cache.put(page, entry);
        return entry & ADDRESS | address & Board.PAGE - 1;
    }

    private long walk(long address, boolean write) {
        long table = space.table().root();
        for (int level = space.table().levels() - 1; ; level--) {
            long slot = table + (address >>> 12 + 9 * level & 0x1FF) * 8;
            long entry = memory.loadAcquire64(slot);
            if ((entry & PRESENT) == 0 || write && (entry & WRITE) == 0) {
                return 0;
            }
            if (level == 0) {
                long marked = entry | ACCESSED | (write ? DIRTY : 0);
                return memory.compareAndSet64(slot, entry, marked) ? marked : walk(address, write);
            }
            table = entry & ADDRESS;
        }
    }

    @Override
    public void invalidate(long first, long last, boolean tables) {
        transactions.writeLock().lock();
        try {
            cache.keySet().removeIf(page -> first <= page && page <= last);
        } finally {
            transactions.writeLock().unlock();
        }
    }

    @Override
    public void release() {
        transactions.writeLock().lock();
        try {
            released = true;
            cache.clear();
        } finally {
            transactions.writeLock().unlock();
        }
    }
}
