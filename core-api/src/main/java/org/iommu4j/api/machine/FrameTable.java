package org.iommu4j.api.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Who holds which frame of a pool. Each frame is free, and then poisoned, or held by one owner. Allocation claims
 * frames with compare-and-set, one owner word a frame; there is no lock. Any thread.
 */
public final class FrameTable {
    /** What a free frame is filled with: as a table entry of any format it has reserved bits set. */
    public static final long POISON = 0xFEEE_F4EE_FEEE_F4EEL;
    /** Largest allocation, log2 of bytes. */
    public static final int MAX_SIZE_LG2 = 24;

    private static final int PAGE_LG2 = 12;
    private static final int FREE = 0;
    private static final byte[] ZEROES = new byte[(int) PhysicalMemory.PAGE];

    private final PhysicalMemory memory;
    private final TablePool pool;
    private final AtomicIntegerArray owners;
    private final List<Allocator> allocators = new ArrayList<>();

    /** All frames of the pool are free. */
    public FrameTable(PhysicalMemory memory, TablePool pool) {
        this.memory = memory;
        this.pool = pool;
        this.owners = new AtomicIntegerArray(Math.toIntExact(pool.length() >>> PAGE_LG2));
    }

    /**
     * A new owner.
     *
     * @param quota in bytes
     */
    public PageAllocator allocator(String owner, long quota) {
        synchronized (allocators) {
            Allocator allocator = new Allocator(allocators.size() + 1, owner, quota);
            allocators.add(allocator);
            return allocator;
        }
    }

    public TablePool pool() {
        return pool;
    }

    /** The owner of the frame at an address, or null if it is free or outside the pool. */
    public String ownerOf(long pa) {
        if (!pool.contains(pa)) {
            return null;
        }
        int number = owners.get(frame(pa));
        synchronized (allocators) {
            return number == FREE ? null : allocators.get(number - 1).owner;
        }
    }

    private int frame(long pa) {
        return (int) (pa - pool.base() >>> PAGE_LG2);
    }

    private long address(int frame) {
        return pool.base() + ((long) frame << PAGE_LG2);
    }

    /** One owner's view; its number is what stands in the frame's word. */
    private final class Allocator implements PageAllocator {
        private final int number;
        private final String owner;
        private final long quota;
        private final AtomicLong held = new AtomicLong();
        private volatile int hint;

        Allocator(int number, String owner, long quota) {
            this.number = number;
            this.owner = owner;
            this.quota = quota;
        }

        @Override
        public String owner() {
            return owner;
        }

        @Override
        public long held() {
            return held.get();
        }

        @Override
        public TablePool pool() {
            return pool;
        }

        @Override
        public long allocate(int sizeLg2) {
            int frames = frames(sizeLg2);
            long size = 1L << sizeLg2;
            if (held.addAndGet(size) > quota) {
                throw exhausted(size, "quota of " + quota);
            }
            int first = claim(frames);
            if (first < 0) {
                throw exhausted(size, "pool of " + pool.length());
            }
            hint = first + frames;
            for (int i = 0; i < frames; i++) {
                memory.write(address(first + i), ZEROES, 0, ZEROES.length);
            }
            return address(first);
        }

        @Override
        public void free(long pa, int sizeLg2) {
            int frames = frames(sizeLg2);
            int first = frame(pa);
            for (int i = 0; i < frames; i++) {
                if (!pool.contains(pa + ((long) i << PAGE_LG2)) || owners.get(first + i) != number) {
                    throw IommuException.of(Reason.NOT_OWNER, "%s frees %#x + %#x, of which it does not hold %#x",
                            owner, pa, 1L << sizeLg2, pa + ((long) i << PAGE_LG2));
                }
            }
            memory.fill(pa, 1L << sizeLg2, POISON);
            for (int i = 0; i < frames; i++) {
                owners.set(first + i, FREE);
            }
            held.addAndGet(-(1L << sizeLg2));
            hint = Math.min(hint, first);
        }

        @Override
        public void hold(long pa, int sizeLg2) {
            int frames = frames(sizeLg2);
            long size = 1L << sizeLg2;
            if ((pa & size - 1) != 0 || !pool.contains(pa) || !pool.contains(pa + size - 1)) {
                throw IommuException.of(Reason.BAD_ADDRESS, "%s: %#x + %#x is no memory of the pool", owner, pa, size);
            }
            int first = frame(pa);
            for (int taken = 0; taken < frames; taken++) {
                if (!owners.compareAndSet(first + taken, FREE, number)) {
                    String holder = ownerOf(pa + ((long) taken << PAGE_LG2));
                    while (taken-- > 0) {
                        owners.set(first + taken, FREE);
                    }
                    throw IommuException.of(Reason.EXISTS, "%s: %#x + %#x is held already, by %s", owner, pa, size,
                            holder);
                }
            }
            held.addAndGet(size);
        }

        private int frames(int sizeLg2) {
            if (sizeLg2 < PAGE_LG2 || sizeLg2 > MAX_SIZE_LG2) {
                throw IommuException.of(Reason.INCOMPATIBLE, "2^%d bytes: sizes are 2^%d to 2^%d", sizeLg2, PAGE_LG2,
                        MAX_SIZE_LG2);
            }
            return 1 << sizeLg2 - PAGE_LG2;
        }

        private int claim(int frames) {
            int start = hint & -frames;
            int found = claimWithin(start, owners.length(), frames);
            return found >= 0 ? found : claimWithin(0, Math.min(start, owners.length()), frames);
        }

        private int claimWithin(int from, int to, int frames) {
            for (int first = from; first + frames <= to; first += frames) {
                int taken = 0;
                while (taken < frames && owners.compareAndSet(first + taken, FREE, number)) {
                    taken++;
                }
                if (taken == frames) {
                    return first;
                }
                while (taken-- > 0) {
                    owners.set(first + taken, FREE);
                }
            }
            return -1;
        }

        private IommuException exhausted(long size, String limit) {
            long before = held.addAndGet(-size);
            return IommuException.of(Reason.NO_MEMORY, "%s wants %d bytes, holds %d, the limit is its %s bytes",
                    owner, size, before, limit);
        }
    }
}
