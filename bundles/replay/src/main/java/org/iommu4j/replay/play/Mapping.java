package org.iommu4j.replay.play;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.Protection;

/**
 * One map of the trace while it stands. Transactions over it hold a pin, and its unmap waits until none is held: so
 * every transaction has the mapping in force from its issue to its completion.
 */
final class Mapping {
    private static final int RETIRED = 1 << 30;
    private static final long PAUSE_NANOS = 5_000;

    final DomainPlayer owner;
    /** Where the trace has it. */
    final long iova;
    final long pa;
    final long length;
    final int protection;
    /** Where devices find it, once it is mapped: an IOVA, or a physical address. */
    long at;
    /** What it lets devices do, once it is mapped: a format may grant more than was asked. */
    int granted;
    /** True if it was proved by DMA, and its end is to be proved, too. */
    boolean proved;
    /** Where it stands on the {@link LiveBoard}, or -1. */
    int slot = -1;
    private final AtomicInteger pins = new AtomicInteger();

    Mapping(DomainPlayer owner, long iova, long pa, long length, int protection) {
        this.owner = owner;
        this.iova = iova;
        this.pa = pa;
        this.length = length;
        this.protection = protection;
        this.granted = protection;
    }

    /** Bytes from the first mapping's start to the last one's end, of neighbours by the trace's address. */
    static long span(List<Mapping> neighbours) {
        Mapping last = neighbours.get(neighbours.size() - 1);
        return last.iova + last.length - neighbours.get(0).iova;
    }

    /** Physical address of the frame that devices find at an address of this mapping. */
    long frame(long address) {
        return pa + (address - at & -Frames.PAGE);
    }

    int pages() {
        return (int) (length >>> Frames.PAGE_LG2);
    }

    boolean allows(int access) {
        return (granted & access) == access;
    }

    boolean isMmio() {
        return (protection & Protection.MMIO) != 0;
    }

    /** @return false once the mapping is about to be unmapped */
    boolean pin() {
        if (pins.incrementAndGet() < RETIRED) {
            return true;
        }
        pins.decrementAndGet();
        return false;
    }

    void unpin() {
        pins.decrementAndGet();
    }

    /** Refuses pins from now on and waits until the last one is given back. */
    void retire() {
        pins.addAndGet(RETIRED);
        while (pins.get() != RETIRED) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
