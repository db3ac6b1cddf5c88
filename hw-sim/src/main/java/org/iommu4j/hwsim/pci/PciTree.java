package org.iommu4j.hwsim.pci;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.PortType;

/**
 * Which bridge leads to which bus. A bus below no bridge is a root bus. Bridges' ranges of buses nest or are disjoint,
 * and a bridge's own bus is never below it; what breaks this is refused with BAD_INPUT. Immutable.
 */
public final class PciTree {
    private final List<DeviceDefinition> devices;
    private final List<DeviceDefinition> bridges;

    public PciTree(List<DeviceDefinition> devices) {
        this.devices = List.copyOf(devices);
        this.bridges = devices.stream().filter(DeviceDefinition::bridge).toList();
        for (DeviceDefinition bridge : bridges) {
            checkRange(bridge);
        }
        for (DeviceDefinition device : devices) {
            checkBus(device);
        }
    }

    /** Sorted by address. */
    public List<DeviceDefinition> devices() {
        return devices;
    }

    /** The function at an address, or null. */
    public DeviceDefinition at(PciAddress address) {
        return devices.stream().filter(device -> device.address().equals(address)).findFirst().orElse(null);
    }

    /** The bridge whose secondary bus the device sits on, or null on a root bus. */
    public DeviceDefinition above(DeviceDefinition device) {
        return bridges.stream().filter(bridge -> bridge.address().segment() == device.address().segment()
                && bridge.secondary() == device.address().bus()).findFirst().orElse(null);
    }

    /** From the function on a root bus to the device itself. */
    public List<DeviceDefinition> path(DeviceDefinition device) {
        List<DeviceDefinition> path = new ArrayList<>();
        for (DeviceDefinition at = device; at != null; at = above(at)) {
            path.add(0, at);
        }
        return path;
    }

    /**
     * The requester id that an IOMMU sees in the device's transactions. On the way up, a bridge from conventional PCI
     * puts an id of its own in place of what it forwards, because that bus has no requester ids: a PCI Express to PCI
     * bridge takes its secondary bus, device 0, function 0 (PCI Express to PCI/PCI-X Bridge 1.0 section 2.3), a
     * conventional PCI-to-PCI bridge takes its own bus, device and function. The topmost one counts, which is the last
     * alias of Linux's {@code pci_for_each_dma_alias}. PCI Express ports and switches forward the id as it is.
     */
    public int requesterId(DeviceDefinition device) {
        int rid = device.address().rid();
        for (DeviceDefinition bridge = above(device); bridge != null; bridge = above(bridge)) {
            if (bridge.type() == PortType.PCIE_TO_PCI) {
                rid = PciAddress.of(bridge.address().segment(), bridge.secondary(), 0, 0).rid();
            } else if (bridge.type() == PortType.PCI) {
                rid = bridge.address().rid();
            }
        }
        return rid;
    }

    private void checkRange(DeviceDefinition bridge) {
        int bus = bridge.address().bus();
        if (bridge.secondary() <= bus) {
            throw bridge.source().refuse("secondary", "is not above the bridge's own bus " + bus);
        }
        for (DeviceDefinition other : bridges) {
            boolean same = other == bridge || other.address().segment() != bridge.address().segment();
            if (same || other.subordinate() < bridge.secondary() || bridge.subordinate() < other.secondary()) {
                continue;
            }
            boolean inside = other.leadsTo(bridge.address().segment(), bus)
                    && other.secondary() < bridge.secondary() && bridge.subordinate() <= other.subordinate();
            boolean outside = bridge.leadsTo(other.address().segment(), other.address().bus())
                    && bridge.secondary() < other.secondary() && other.subordinate() <= bridge.subordinate();
            if (!inside && !outside) {
                throw bridge.source().refuse("secondary", String.format(
                        "to subordinate %d overlaps buses %d to %d of %s", bridge.subordinate(), other.secondary(),
                        other.subordinate(), other.address()));
            }
        }
    }

    private void checkBus(DeviceDefinition device) {
        PciAddress address = device.address();
        for (DeviceDefinition bridge : bridges) {
            if (bridge.leadsTo(address.segment(), address.bus()) && above(device) == null) {
                throw device.source().refuse("address", String.format(
                        "is on bus %d of %s, to which no bridge leads", address.bus(), bridge.address()));
            }
        }
        DeviceDefinition bridge = above(device);
        boolean conventional = bridge != null
                && (bridge.type() == PortType.PCIE_TO_PCI || bridge.type() == PortType.PCI);
        if (conventional && device.type() != PortType.PCI) {
            throw device.source().refuse("address", "is on a conventional PCI bus, where only type pci can sit");
        }
    }
}
