package org.iommu4j.core.domain;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.status.DomainReport;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.core.dma.DmaOperations;
import org.iommu4j.core.recovery.MachineRecord;
import org.iommu4j.core.topology.Group;
import org.iommu4j.core.topology.Node;
import org.iommu4j.core.topology.Topology;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;

/** The way into this room: one machine's devices, groups and domains, made from its topology once. Any thread. */
public final class Translation implements AutoCloseable {
    private final Units units;
    private final Domains domains;
    private final DefaultDomains defaults;
    private final Map<PciAddress, TranslatedDevice> devices = new TreeMap<>();
    private final List<DeviceGroup> groups = new ArrayList<>();
    private final GroupOperations groupOperations;
    private final DomainCalls domainCalls;
    private final DmaOperations dmaOperations;
    private final Snapshot snapshot;

    /**
     * @param seats by index of the unit in the probe
     * @param coherent where coherent memory for DMA comes from
     * @param allowUnsafeInterrupts groups without isolated interrupts may be claimed
     */
    public Translation(Units units, List<Seat> seats, Topology topology, PageAllocator coherent,
            boolean allowUnsafeInterrupts) {
        this.units = units;
        String machine = units.machine().name();
        this.domains = new Domains(machine, units.machine().physicalAddressBits());
        Move move = new Move(domains, new Doorbell(units.machine().message(0).address()));
        this.defaults = new DefaultDomains(domains, move);
        for (Node node : topology.nodes()) {
            if (node.translated()) {
                devices.put(node.address(), new TranslatedDevice(machine, node));
            }
        }
        topology.groups().forEach(group -> groups.add(group(group, seats)));
        this.domainCalls = new DomainCalls(units, domains);
        this.dmaOperations =
                new DmaOperations(machine, units.memory(), coherent, devices(), domainCalls, domainCalls);
        this.snapshot = new Snapshot(units, domains, groups);
        this.groupOperations = new GroupOperations(units, domains, move, defaults, dmaOperations, devices(), groups,
                allowUnsafeInterrupts);
    }

    public IommuOps iommuOps() {
        return groupOperations;
    }

    public DomainOps domainOps() {
        return domainCalls;
    }

    public DmaOps dmaOps() {
        return dmaOperations;
    }

    /** Ends what runs by itself. */
    @Override
    public void close() {
        dmaOperations.close();
    }

    /** Sorted by address. */
    public List<Device> devices() {
        return List.copyOf(devices.values());
    }

    /** Units were started from off. The gate is closed. */
    public void started(Binding binding, List<Seat> seats) {
        defaults.started(binding, seats, groups);
    }

    /** What a successor needs if this process dies now. Inside the gate, or while it is closed. */
    public MachineRecord record(Binding binding) {
        return snapshot.take(binding);
    }

    /**
     * Goes on with domains and groups of a machine that was left running. The gate is closed.
     *
     * @param holder of frames that clients had from the pool
     * @throws IommuException BAD_INPUT if the record is not what the units say
     */
    public void recovered(MachineRecord record, Binding binding, MachineMemory memory, PageAllocator holder) {
        snapshot.restore(record, binding, dmaOperations, memory, holder);
    }

    /** How many page tables were allocated on a unit. */
    public int domainsOn(Seat seat) {
        return (int) domains.paging().stream().filter(handle -> handle.home() == seat).count();
    }

    /** Blocked and identity first, then those with a page table, by id. */
    public List<DomainReport> reports() {
        List<DomainHandle> all = new ArrayList<>(List.of(domains.blocked(), domains.identity()));
        all.addAll(domains.paging());
        return all.stream().map(this::report).toList();
    }

    /** Every table entry between a device and the page of an IOVA. @throws IommuException NO_DEVICE */
    public List<WalkStep> walk(PciAddress address, long iova) {
        TranslatedDevice device = devices.get(address);
        if (device == null) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s translates no device %s", domains.machine(),
                    address);
        }
        Seat seat = units.seats().get(device.node().unit());
        int requester = device.node().unitIds().get(0);
        return units.inside("walk of " + device, (binding, gather) -> {
            synchronized (seat.turn()) {
                return List.copyOf(binding.unit(seat).walk(requester, iova));
            }
        });
    }

    private DomainReport report(DomainHandle handle) {
        List<Integer> members = groups.stream().filter(group -> group.domain() == handle).map(DeviceGroup::id).toList();
        DomainType type = handle.type();
        return new DomainReport(domains.machine(), handle.id(), type, handle.lastIova(), handle.pageSizes(), members);
    }

    private DeviceGroup group(Group group, List<Seat> seats) {
        List<Device> members = new ArrayList<>();
        List<ReservedRegion> reserved = new ArrayList<>();
        Set<Requester> requesters = new LinkedHashSet<>();
        for (Node node : group.nodes()) {
            members.add(devices.get(node.address()));
            reserved.addAll(node.reserved());
            node.unitIds().forEach(id -> requesters.add(new Requester(seats.get(node.unit()), id)));
        }
        DeviceGroup made = new DeviceGroup(units, group.id(), members,
                group.nodes().stream().map(Node::function).toList(), List.copyOf(requesters), reserved,
                group.reasons(), domains.blocked());
        group.nodes().forEach(node -> devices.get(node.address()).group(made));
        return made;
    }
}
