package org.iommu4j.core.domain;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.core.recovery.MachineRecord;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.DriverError;
import org.iommu4j.core.unit.Seat;

/** All domain handles of a machine. Any thread. */
final class Domains {
    private final String machine;
    private final DomainHandle blocked;
    private final DomainHandle identity;
    private final AtomicLong nextId = new AtomicLong(1);
    private final Map<Long, DomainHandle> paging = new ConcurrentSkipListMap<>();
    private final BitSet slots = new BitSet();

    Domains(String machine, int physicalAddressBits) {
        this.machine = machine;
        this.blocked = DomainHandle.blocked(this, nextId.getAndIncrement());
        this.identity = DomainHandle.identity(this, nextId.getAndIncrement(), physicalAddressBits);
    }

    String machine() {
        return machine;
    }

    DomainHandle blocked() {
        return blocked;
    }

    DomainHandle identity() {
        return identity;
    }

    /** Those with a page table, by id. */
    List<DomainHandle> paging() {
        return List.copyOf(paging.values());
    }

    /** @throws IommuException {@link Reason#NO_DEVICE} if it is no handle of this machine */
    DomainHandle handle(Domain domain) {
        if (domain instanceof DomainHandle handle && handle.isOf(this)) {
            return handle;
        }
        throw IommuException.of(Reason.NO_DEVICE, "%s is no domain of machine %s", domain, machine);
    }

    /** Has the driver make an empty page table on a unit. Inside the gate. */
    DomainHandle allocate(Binding binding, Seat home, DomainType type, Set<DomainFlag> flags) {
        synchronized (home.turn()) {
            long id = nextId.getAndIncrement();
            DriverUnit unit = binding.unit(home);
            int outputBits = unit.capabilities().outputBits();
            DriverDomain object = unit.allocate(id, flags);
            int slot = takeSlot();
            DomainHandle handle = DomainHandle.paging(this, id, type, slot, home, object, outputBits, flags);
            binding.put(slot, object);
            paging.put(id, handle);
            return handle;
        }
    }

    /**
     * A handle of a domain that was there before this process. The gate is closed.
     *
     * @throws IommuException BAD_INPUT if there is such a number already
     */
    DomainHandle recover(Binding binding, Seat home, MachineRecord.DomainRow row) {
        if (row.id() <= identity.id() || paging.containsKey(row.id())) {
            throw IommuException.of(Reason.BAD_INPUT, "the record names domain %d, which is taken", row.id());
        }
        DriverUnit unit = binding.unit(home);
        DriverDomain object = unit.domain(row.id());
        int slot = takeSlot();
        DomainHandle handle = DomainHandle.paging(this, row.id(), row.type(), slot, home, object,
                unit.capabilities().outputBits(), row.flags());
        handle.tracking(row.tracking());
        binding.put(slot, object);
        paging.put(row.id(), handle);
        nextId.accumulateAndGet(row.id() + 1, Math::max);
        return handle;
    }

    /** By number; null if there is none. */
    DomainHandle byId(long id) {
        return id == blocked.id() ? blocked : id == identity.id() ? identity : paging.get(id);
    }

    /** Forgets the handles that {@link #recover} made, which nobody has seen. */
    void forgetRecovered() {
        paging.values().forEach(handle -> giveSlot(handle.slot()));
        paging.clear();
    }

    /** Has the driver free the page table. Inside the gate. @throws IommuException BUSY, NO_DEVICE */
    void free(Binding binding, DomainHandle handle) {
        DriverDomain object = handle.table(binding);
        handle.markFreed();
        try {
            synchronized (handle.home().turn()) {
                object.free();
            }
        } catch (Throwable thrown) {
            handle.unmarkFreed();
            throw thrown;
        }
        binding.put(handle.slot(), null);
        paging.remove(handle.id());
        giveSlot(handle.slot());
    }

    /** Has the driver make the page tables again, empty, of a unit that was started from off. The gate is closed. */
    void restore(Binding binding, Seat home) {
        for (DomainHandle handle : paging.values()) {
            if (handle.home() == home) {
                restore(binding, home, handle);
            }
        }
    }

    private static void restore(Binding binding, Seat home, DomainHandle handle) {
        try {
            binding.put(handle.slot(), binding.unit(home).allocate(handle.id(), handle.flags()));
            DirtyTracking.restore(handle, binding, home);
            home.why().add("%s is empty: the unit was started without a record", handle);
        } catch (Throwable thrown) {
            String text = DriverError.text(thrown, "allocation of " + handle).getMessage();
            home.why().add("%s is lost, the unit was started without a record: %s", handle, text);
        }
    }

    private synchronized int takeSlot() {
        int slot = slots.nextClearBit(0);
        slots.set(slot);
        return slot;
    }

    private synchronized void giveSlot(int slot) {
        slots.clear(slot);
    }
}
