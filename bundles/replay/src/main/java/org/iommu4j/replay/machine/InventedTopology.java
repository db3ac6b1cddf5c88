package org.iommu4j.replay.machine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.replay.plan.TraceDevice;
import org.iommu4j.replay.plan.TraceDomain;
import org.iommu4j.replay.plan.TracePlan;

/**
 * A PCI topology whose groups are those of a trace. A trace tells devices and groups, not bridges. So: a bus whose
 * devices share a group with functions of lower buses hangs below the nearest of them, a PCIe-to-PCI bridge, or a root
 * port without ACS if there is another bridge on that bus; any other bus gets a root port of its own, with all of ACS;
 * functions of one slot that share a group are a multifunction device without ACS, others one with it. A domain of the
 * trace that belongs to no device gets a function of its own.
 */
public final class InventedTopology {
    /** One function to be put on the machine. {@code secondary} is 0 for what is no bridge. */
    record Function(PciAddress address, String type, boolean isolated, boolean multifunction, int secondary) {
        boolean isBridge() {
            return secondary != 0;
        }
    }

    private static final int SLOTS = 32;
    private static final int BUS = 0xFF;

    private final TreeMap<PciAddress, Function> functions = new TreeMap<>();
    private final Map<String, PciAddress> placeOfDomain = new HashMap<>();
    private final Set<Integer> usedSlots = new HashSet<>();

    private InventedTopology() {
    }

    /** @throws IommuException NOT_SUPPORTED if the trace has a device that is no PCI function, or too many */
    public static InventedTopology of(TracePlan plan) {
        InventedTopology topology = new InventedTopology();
        List<TraceDevice> devices = plan.machine().devices();
        devices.stream().filter(TraceDevice::pci).forEach(each -> topology.usedSlots.add(slotKey(each)));
        Map<Integer, List<TraceDevice>> buses = plan.machine().buses();
        Set<TraceDevice> bridges = new HashSet<>();
        buses.forEach((bus, members) -> bridgeOf(bus, members, devices).ifPresent(bridges::add));
        buses.forEach((bus, members) -> topology.addBus(bus, members, devices, bridges));
        for (TraceDomain domain : plan.domains()) {
            topology.place(domain, plan);
        }
        return topology;
    }

    private void addBus(int segmentAndBus, List<TraceDevice> members, List<TraceDevice> devices,
            Set<TraceDevice> bridges) {
        int bus = segmentAndBus & BUS;
        Optional<TraceDevice> bridge = bridgeOf(segmentAndBus, members, devices);
        // Requests of a bridge between PCI Express and PCI come from a link of PCI Express.
        boolean conventional = bridge.isPresent() && members.stream().noneMatch(bridges::contains);
        for (TraceDevice device : members) {
            PciAddress address = address(device);
            boolean multifunction = members.stream().filter(other -> other.slot() == device.slot()).count() > 1
                    || device.function() > 0;
            boolean alone = members.stream().noneMatch(other -> other != device && other.group() == device.group());
            String type = bus == 0 ? "rciep" : conventional ? "pci" : "endpoint";
            functions.merge(address, new Function(address, type, alone, multifunction, 0),
                    (was, now) -> was.isBridge() ? was : now);
        }
        if (bridge.isPresent()) {
            PciAddress address = address(bridge.get());
            functions.put(address, new Function(address, conventional ? "pcie-to-pci" : "rootport", false, false, bus));
        } else if (bus != 0) {
            PciAddress port = freeSlot(segmentAndBus >>> 8);
            functions.put(port, new Function(port, "rootport", true, false, bus));
        }
    }

    /** The nearest function above a bus that shares a group with all of it. */
    private static Optional<TraceDevice> bridgeOf(int segmentAndBus, List<TraceDevice> members,
            List<TraceDevice> devices) {
        return (segmentAndBus & BUS) == 0 ? Optional.empty() : devices.stream()
                .filter(other -> other.pci() && other.segment() == members.get(0).segment()
                        && other.bus() < members.get(0).bus()
                        && members.stream().allMatch(member -> member.group() == other.group()))
                .max(Comparator.comparing(TraceDevice::bus));
    }

    private void place(TraceDomain domain, TracePlan plan) {
        TraceDevice device = domain.device() == null ? null : plan.machine().device(domain.device());
        if (device != null && !device.pci()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s of the trace is no PCI function", device.name());
        }
        PciAddress address = device != null ? address(device) : freeSlot(0);
        functions.computeIfAbsent(address, at -> new Function(at, "rciep", true, false, 0));
        placeOfDomain.put(domain.name(), address);
    }

    private PciAddress freeSlot(int segment) {
        for (int slot = 1; slot < SLOTS; slot++) {
            if (usedSlots.add(segment << 13 | slot)) {
                return PciAddress.of(segment, 0, slot, 0);
            }
        }
        throw IommuException.of(Reason.NO_SPACE, "bus 0 of segment %d has no slot left for a bridge", segment);
    }

    private static int slotKey(TraceDevice device) {
        return device.segment() << 13 | device.bus() << 5 | device.slot();
    }

    static PciAddress address(TraceDevice device) {
        return new PciAddress(device.segment(), device.rid());
    }

    /** The function that stands for a domain of the trace. */
    public PciAddress placeOf(TraceDomain domain) {
        return placeOfDomain.get(domain.name());
    }

    /** By address. */
    List<Function> functions() {
        return new ArrayList<>(functions.values());
    }
}
