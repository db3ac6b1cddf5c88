package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
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
        Hierarchy hierarchy = new Hierarchy(functions);
        Aliases aliases = new Aliases(hierarchy);
        List<String> warnings = new ArrayList<>();
        Ownership ownership = new Ownership(probe, hierarchy, warnings::add);
        Grouping grouping = new Grouping(hierarchy, aliases);
        List<Node> nodes = new ArrayList<>();
        for (Function function : hierarchy.functions()) {
            nodes.add(place(function, aliases, ownership, grouping));
        }
        return new Topology(nodes, groups(nodes, grouping.reasons()), warnings);
    }

    /** The function at an address. */
    public Optional<Node> node(PciAddress address) {
        return nodes.stream().filter(node -> node.address().equals(address)).findFirst();
    }

    private static Node place(Function function, Aliases aliases, Ownership ownership, Grouping grouping) {
        Function dmaDevice = aliases.dmaDevice(function);
        int segment = dmaDevice.address().segment();
        int unit = ownership.unit(dmaDevice);
        boolean served = unit != Node.NONE;
        List<Integer> requesterIds = new ArrayList<>(aliases.requesterIds(function));
        if (served) {
            requesterIds.addAll(ownership.aliases(unit, segment, requesterIds));
        }
        int group = served ? grouping.place(function, segment, requesterIds) : Node.NONE;
        return new Node(function.port(), function.vendorId(), function.deviceId(), function.classCode(), requesterIds,
                unit, served ? ownership.unitIds(unit, segment, requesterIds) : List.of(),
                ownership.reserved(segment, requesterIds), group);
    }

    private static List<Group> groups(List<Node> nodes, List<List<String>> reasons) {
        return IntStream.range(0, reasons.size())
                .mapToObj(id -> new Group(id, nodes.stream().filter(node -> node.group() == id).toList(),
                        reasons.get(id)))
                .toList();
    }
}
