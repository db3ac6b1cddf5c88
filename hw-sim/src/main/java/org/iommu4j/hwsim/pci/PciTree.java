package org.iommu4j.hwsim.pci;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.PortType;

/**
 * Which bridge leads to which bus. A bus below no bridge is a root bus. Bridges' ranges of buses nest or are disjoint,
 * and a bridge's own bus is never below it; what breaks this is refused with BAD_INPUT. A bridge that is not set up
 * leads nowhere. Immutable.
 */
public final class PciTree {
    private final List<DeviceDefinition> devices;
    private final List<DeviceDefinition> bridges;

    public PciTree(List<DeviceDefinition> devices) {
        this.devices = List.copyOf(devices);
        this.bridges = devices.stream().filter(DeviceDefinition::bridge)
                .filter(bridge -> bridge.secondary() != 0).toList();
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

    /**
     * The closest bridge that leads to the device's bus, or null on a root bus. In a captured machine the bus may be no
     * bridge's secondary bus: virtual functions lie beyond it.
     */
    public DeviceDefinition above(DeviceDefinition device) {
        return bridges.stream()
                .filter(bridge -> bridge.leadsTo(device.address().segment(), device.address().bus()))
                .max(Comparator.comparingInt(DeviceDefinition::secondary)).orElse(null);
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
            } else if (bridge.type() == PortType.PCI || bridge.type() == PortType.PCI_TO_PCIE) {
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

    /** Whoever invents a machine means these as mistakes; a captured one is as it is. */
    private void checkBus(DeviceDefinition device) {
        DeviceDefinition bridge = above(device);
        if (bridge == null) {
            return;
        }
        boolean captured = device.captured();
        if (!captured && bridge.secondary() != device.address().bus()) {
            throw device.source().refuse("address", String.format(
                    "is on bus %d of %s, to which no bridge leads", device.address().bus(), bridge.address()));
        }
        boolean conventional = bridge.type() == PortType.PCIE_TO_PCI || bridge.type() == PortType.PCI;
        if (!captured && conventional && device.type() != PortType.PCI) {
            throw device.source().refuse("address", "is on a conventional PCI bus, where only type pci can sit");
        }
    }
}
