package org.iommu4j.core.domain;

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Seat;

/**
 * What clients hold of a domain. It knows numbers and limits; the driver in charge has the page table behind it. Any
 * thread.
 */
final class DomainHandle implements Domain {
    private static final int NO_SLOT = -1;
    private static final int FREED = -1;

    private final Domains domains;
    private final long id;
    private volatile DomainType type;
    private final int slot;
    private final Seat home;
    private final long lastIova;
    private final long pageSizes;
    private final boolean writeOnlyPages;
    private final long lastPa;
    private final Set<DomainFlag> flags;
    private final Object trackingTurn = new Object();
    private volatile boolean tracking;
    /** Kept for interrupt messages; null while it is in use by no device whose messages are translated. */
    private volatile ReservedRegion messages;
    /** How many groups are in it, or {@link #FREED}. */
    private final AtomicInteger users = new AtomicInteger();

    private DomainHandle(Domains domains, long id, DomainType type, int slot, Seat home, long lastIova, long pageSizes,
            boolean writeOnlyPages, long lastPa, Set<DomainFlag> flags) {
        this.domains = domains;
        this.id = id;
        this.type = type;
        this.slot = slot;
        this.home = home;
        this.lastIova = lastIova;
        this.pageSizes = pageSizes;
        this.writeOnlyPages = writeOnlyPages;
        this.lastPa = lastPa;
        this.flags = flags;
    }

    static DomainHandle blocked(Domains domains, long id) {
        return new DomainHandle(domains, id, DomainType.BLOCKED, NO_SLOT, null, 0, 0, false, 0, Set.of());
    }

    static DomainHandle identity(Domains domains, long id, int addressBits) {
        return new DomainHandle(domains, id, DomainType.IDENTITY, NO_SLOT, null, last(addressBits), 0,
                false, 0, Set.of());
    }

    /** @param object as the driver has just allocated it */
    static DomainHandle paging(Domains domains, long id, DomainType type, int slot, Seat home, DriverDomain object,
            int outputBits, Set<DomainFlag> flags) {
        return new DomainHandle(domains, id, type, slot, home, object.lastIova(), object.pageSizes(),
                object.hasWriteOnlyPages(), last(outputBits), flags);
    }

    private static long last(int bits) {
        return bits >= Long.SIZE ? -1 : (1L << bits) - 1;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public String machine() {
        return domains.machine();
    }

    @Override
    public DomainType type() {
        return type;
    }

    @Override
    public long lastIova() {
        return lastIova;
    }

    @Override
    public long pageSizes() {
        return pageSizes;
    }

    @Override
    public int granted(int protection) {
        int asked = hasTable() ? protection & (Protection.READ | Protection.WRITE) : 0;
        return asked == Protection.WRITE && !writeOnlyPages ? Protection.READ | Protection.WRITE : asked;
    }

    /** A strict default domain unmaps lazily from now on. */
    void becomeLazy() {
        type = DomainType.DMA_FQ;
    }

    boolean isOf(Domains owner) {
        return domains == owner;
    }

    boolean hasTable() {
        return slot != NO_SLOT;
    }

    int slot() {
        return slot;
    }

    /** Clients map and unmap nothing in a region from now on. */
    void keepForMessages(ReservedRegion region) {
        messages = region;
    }

    /** What it was allocated for. */
    Set<DomainFlag> flags() {
        return flags;
    }

    /** Held while tracking is turned on or off. */
    Object trackingTurn() {
        return trackingTurn;
    }

    /** True while hardware marks what is written. */
    boolean tracking() {
        return tracking;
    }

    void tracking(boolean on) {
        tracking = on;
    }

    /** @throws IommuException INCOMPATIBLE without a page table, NOT_SUPPORTED if it was not allocated for tracking */
    void checkTracksWrites() {
        if (slot == NO_SLOT) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s has no page table", this);
        }
        if (!flags.contains(DomainFlag.DIRTY_TRACKING)) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s was not allocated for dirty tracking", this);
        }
    }

    /** @throws IommuException as {@link #checkTracksWrites}; INCOMPATIBLE if tracking is off */
    void checkTracking() {
        checkTracksWrites();
        if (!tracking) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: dirty tracking is off", this);
        }
    }

    /** The unit that it was allocated on; null without a page table. */
    Seat home() {
        return home;
    }

    /** The driver's object of it, for a requester of any unit. */
    DriverDomain object(Binding binding, Seat seat) {
        return switch (type) {
            case BLOCKED -> binding.unit(seat).blocked();
            case IDENTITY -> binding.unit(seat).identity();
            case PAGING, DMA, DMA_FQ -> table(binding);
        };
    }

    /** The driver's object of a domain with a page table. */
    DriverDomain table(Binding binding) {
        DriverDomain object = binding.domain(slot, id, home);
        // Freeing marks the handle before its slot is used again: who reads the next one's object sees the mark.
        if (users.get() == FREED) {
            throw freed();
        }
        return object;
    }

    /** A group is going to be in it. @throws IommuException {@link Reason#NO_DEVICE} if it is freed */
    void acquire() {
        if (users.getAndUpdate(count -> count == FREED ? FREED : count + 1) == FREED) {
            throw freed();
        }
    }

    void release() {
        users.decrementAndGet();
    }

    /** @throws IommuException {@link Reason#BUSY} while a group is in it, {@link Reason#NO_DEVICE} if it is freed */
    void markFreed() {
        int count = users.compareAndExchange(0, FREED);
        if (count == FREED) {
            throw freed();
        }
        if (count != 0) {
            throw IommuException.of(Reason.BUSY, "%s cannot be freed: %d groups are in it", this, count);
        }
    }

    void unmarkFreed() {
        users.set(0);
    }

    /** Checks the arguments of map as {@link org.iommu4j.api.DomainOps#map} says. */
    void checkMap(long iova, long pa, long length, int protection) {
        checkRange(iova, length);
        checkKept(iova, length);
        long page = Long.lowestOneBit(pageSizes);
        if ((pa & page - 1) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: physical address %#x is no multiple of the smallest page "
                    + "of %d bytes", this, pa, page);
        }
        if (Long.compareUnsigned(pa, lastPa) > 0 || Long.compareUnsigned(length - 1, lastPa - pa) > 0) {
            throw IommuException.of(Reason.OVERFLOW, "%s: physical range %#x + %#x ends beyond %#x", this, pa, length,
                    lastPa);
        }
        if ((protection & ~Protection.ALL) != 0 || (protection & (Protection.READ | Protection.WRITE)) == 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: protection %#x is not within %#x with read or write",
                    this, protection, Protection.ALL);
        }
    }

    /** Checks the arguments of unmap as {@link org.iommu4j.api.DomainOps#unmap} says. */
    void checkUnmap(long iova, long length) {
        checkRange(iova, length);
        checkKept(iova, length);
    }

    /** Checks that a range is of whole pages and within the domain. */
    void checkRange(long iova, long length) {
        if (slot == NO_SLOT) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s has no page table", this);
        }
        long page = Long.lowestOneBit(pageSizes);
        if (length == 0 || ((iova | length) & page - 1) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: %#x + %#x are no multiples of the smallest page of %d "
                    + "bytes, or nothing", this, iova, length, page);
        }
        if (Long.compareUnsigned(iova, lastIova) > 0 || Long.compareUnsigned(length - 1, lastIova - iova) > 0) {
            throw IommuException.of(Reason.OVERFLOW, "%s: %#x + %#x ends beyond %#x", this, iova, length, lastIova);
        }
    }

    private void checkKept(long iova, long length) {
        ReservedRegion kept = messages;
        if (kept != null && kept.overlaps(iova, iova + length - 1)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: %#x + %#x reaches into %#x-%#x, which is kept for "
                    + "interrupt messages", this, iova, length, kept.start(), kept.last());
        }
    }

    private IommuException freed() {
        return IommuException.of(Reason.NO_DEVICE, "%s is freed", this);
    }

    @Override
    public String toString() {
        return "domain " + id + " of machine " + domains.machine();
    }
}
