package org.iommu4j.core.topology;

import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.machine.PciFunction;

/**
 * One function and its place between devices and units. Bridges are nodes as well, as on Linux: some issue requests of
 * their own, and what lies behind them may share their group.
 *
 * @param function the port that configuration space was read from
 * @param vendorId PCI vendor id, 16 bits
 * @param deviceId PCI device id, 16 bits
 * @param classCode base class, sub-class, interface: 24 bits
 * @param requesterIds under which its DMA may arrive: its own (or that of the endpoint that owns its PCI domain) first,
 * then one for each bridge that takes ownership of it, bottom up, without repetition
 * @param unit index into {@link org.iommu4j.api.driver.Probe#units()}, or {@link #NONE} if no unit serves it
 * @param unitIds {@code requesterIds} as its unit sees them, in the same order; empty without a unit
 * @param reserved regions that firmware wants for it, sorted
 * @param group id of its group, or {@link #NONE} if no unit serves it
 */
public record Node(PciFunction function, int vendorId, int deviceId, int classCode, List<Integer> requesterIds,
        int unit, List<Integer> unitIds, List<ReservedRegion> reserved, int group) {
    /** In place of a unit or a group: there is none. */
    public static final int NONE = -1;

    public Node {
        requesterIds = List.copyOf(requesterIds);
        unitIds = List.copyOf(unitIds);
        reserved = List.copyOf(reserved);
    }

    public PciAddress address() {
        return function.address();
    }

    /** True if a unit serves it; it is in a group then. */
    public boolean translated() {
        return unit != NONE;
    }
}
