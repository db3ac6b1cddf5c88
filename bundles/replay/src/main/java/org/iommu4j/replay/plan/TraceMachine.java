package org.iommu4j.replay.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * The topology that a trace tells of: the facts from which a machine definition is made. Bridges that own no group
 * line are not known; which buses need one follows from {@link #buses}.
 *
 * @param devices all devices with a group, in the order in which the trace named them
 * @param groups their groups, in the order of their first member
 */
public record TraceMachine(List<TraceDevice> devices, List<TraceGroup> groups) {

    static TraceMachine of(Topology topology, IntPredicate maps) {
        int next = 0;
        for (int device = 0; device < topology.size(); device++) {
            next = Math.max(next, topology.group(device) + 1);
        }
        List<TraceDevice> devices = new ArrayList<>();
        for (int device = 0; device < topology.size(); device++) {
            boolean grouped = topology.group(device) >= 0;
            if (grouped || maps.test(device)) {
                int group = grouped ? topology.group(device) : next++;
                devices.add(TraceDevice.of(topology.name(device), group, grouped));
            }
        }
        return new TraceMachine(List.copyOf(devices), groups(devices));
    }

    private static List<TraceGroup> groups(List<TraceDevice> devices) {
        Map<Integer, List<String>> members = new LinkedHashMap<>();
        for (TraceDevice device : devices) {
            members.computeIfAbsent(device.group(), unused -> new ArrayList<>()).add(device.name());
        }
        return members.entrySet().stream().map(g -> new TraceGroup(g.getKey(), List.copyOf(g.getValue()))).toList();
    }

    /** The device of this name, or null. */
    public TraceDevice device(String name) {
        return devices.stream().filter(device -> device.name().equals(name)).findFirst().orElse(null);
    }

    /** PCI functions by bus: the key is segment times 256 plus bus, ascending. */
    public Map<Integer, List<TraceDevice>> buses() {
        return devices.stream().filter(TraceDevice::pci).collect(Collectors.groupingBy(
                device -> device.segment() << 8 | device.bus(), TreeMap::new, Collectors.toList()));
    }
}
