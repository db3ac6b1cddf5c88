package org.iommu4j.core.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.core.dma.DmaOperations;
import org.iommu4j.core.recovery.MachineRecord;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/** Domains and groups as a record, and back from one. */
final class Snapshot {
    private final Units units;
    private final Domains domains;
    private final List<DeviceGroup> groups;

    Snapshot(Units units, Domains domains, List<DeviceGroup> groups) {
        this.units = units;
        this.domains = domains;
        this.groups = groups;
    }

    /** Inside the gate, or while it is closed. @throws IommuException what the driver threw */
    MachineRecord take(Binding binding) {
        List<MachineRecord.UnitRow> rows = new ArrayList<>();
        for (Seat seat : units.seats()) {
            synchronized (seat.turn()) {
                rows.add(new MachineRecord.UnitRow(seat.description().registerBase(), seat.architecture(),
                        binding.unit(seat).record()));
            }
        }
        return new MachineRecord(domains.machine(), rows,
                domains.paging().stream().map(handle -> new MachineRecord.DomainRow(handle.id(), handle.type(),
                        handle.flags(), handle.home().index(), handle.tracking())).toList(),
                groups.stream().map(group -> new MachineRecord.GroupRow(group.devices().get(0).address(),
                        group.domain().id(), group.defaultDomain().id(),
                        group.owner() == null ? "" : group.owner(), group.claims())).toList());
    }

    /**
     * Makes handles of what is in force, after the units were taken over. The gate is closed.
     *
     * @param dma told what default domains map
     * @param memory whose pool may be mapped, too
     * @param holder of such frames from now on
     * @throws IommuException BAD_INPUT if the record is not what the units say; no handle is left then
     */
    void restore(MachineRecord record, Binding binding, DmaOperations dma, MachineMemory memory,
            PageAllocator holder) {
        try {
            record.domains().forEach(row -> domains.recover(binding, home(row), row));
            Map<PciAddress, MachineRecord.GroupRow> rows = new TreeMap<>();
            record.groups().forEach(row -> rows.put(row.device(), row));
            for (DeviceGroup group : groups) {
                check(group, rows.remove(group.devices().get(0).address()), binding);
            }
            require(rows.isEmpty(), "it has groups that are not there: %s", rows.keySet());
        } catch (IommuException e) {
            domains.forgetRecovered();
            throw e;
        }
        record.groups().forEach(row -> settle(group(row), row));
        for (DomainHandle handle : domains.paging()) {
            mapped(handle, binding, dma, memory, holder);
        }
    }

    private Seat home(MachineRecord.DomainRow row) {
        require(row.home() >= 0 && row.home() < units.seats().size(), "domain %d is at home on unit %d, of %d",
                row.id(), row.home(), units.seats().size());
        require(row.type() == DomainType.PAGING || row.type().isDma(), "domain %d is of type %s", row.id(), row.type());
        return units.seats().get(row.home());
    }

    private DeviceGroup group(MachineRecord.GroupRow row) {
        return groups.stream().filter(group -> group.devices().get(0).address().equals(row.device())).findFirst()
                .orElseThrow();
    }

    private void check(DeviceGroup group, MachineRecord.GroupRow row, Binding binding) {
        require(row != null, "%s is not in it", group);
        DomainHandle in = domains.byId(row.domain());
        require(in != null && domains.byId(row.defaultDomain()) != null && row.claims() >= 0
                && row.owner().isEmpty() == (row.claims() == 0), "of %s it says %s", group, row);
        for (Requester requester : group.requesters()) {
            Seat seat = requester.seat();
            require(binding.unit(seat).isIn(requester.id(), in.object(binding, seat)),
                    "requester %#x of %s is not in domain %d, as it says", requester.id(), group, row.domain());
        }
    }

    private void settle(DeviceGroup group, MachineRecord.GroupRow row) {
        DomainHandle in = domains.byId(row.domain());
        in.acquire();
        group.domain().release();
        group.domain(in);
        group.defaultDomain(domains.byId(row.defaultDomain()));
        group.claimed(row.owner(), row.claims());
    }

    private void mapped(DomainHandle handle, Binding binding, DmaOperations dma, MachineMemory memory,
            PageAllocator holder) {
        List<ReservedRegion> ranges = new ArrayList<>();
        handle.table(binding).enumerate((iova, pa, length) -> {
            ranges.add(new ReservedRegion(iova, iova + length - 1, ReservedRegion.Kind.RESERVED));
            hold(pa, length, memory, holder);
        });
        if (handle.type().isDma()) {
            groups.stream().filter(group -> group.defaultDomain() == handle)
                    .forEach(group -> dma.recovered(group, ranges));
        }
    }

    /** A frame of the pool that devices can reach must not become a table: clients had it for themselves. */
    private static void hold(long pa, long length, MachineMemory memory, PageAllocator holder) {
        long first = Math.max(pa, holder.pool().base());
        long end = Math.min(pa + length, holder.pool().base() + holder.pool().length());
        for (long frame = first; frame < end; frame += PhysicalMemory.PAGE) {
            if (memory.ownerOf(frame) == null) {
                holder.hold(frame, Long.numberOfTrailingZeros(PhysicalMemory.PAGE));
            }
        }
    }

    private static void require(boolean condition, String otherwise, Object... arguments) {
        if (!condition) {
            throw new IommuException(Reason.BAD_INPUT, "the record is not the truth: "
                    + String.format(otherwise, arguments));
        }
    }
}
