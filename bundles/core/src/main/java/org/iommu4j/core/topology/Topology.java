package org.iommu4j.core.topology;

import java.util.List;
import java.util.Optional;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.machine.PciFunction;

/**
 * A machine's functions, the units that serve them and the groups that they form.
 *
 * @param nodes all functions, sorted by address
 * @param groups by id
 * @param warnings what is odd in firmware or configuration space but can be lived with, one sentence each
 */
public record Topology(List<Node> nodes, List<Group> groups, List<String> warnings) {
    public Topology {
        nodes = List.copyOf(nodes);
        groups = List.copyOf(groups);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads the configuration space of all functions and resolves what firmware says of them.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT if configuration space is malformed; the message names the
     * function and the offset
     */
    public static Topology of(List<PciFunction> functions, Probe probe) {
        throw new UnsupportedOperationException("being written");
    }

    /** The function at an address. */
    public Optional<Node> node(PciAddress address) {
        return nodes.stream().filter(node -> node.address().equals(address)).findFirst();
    }
}
