package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PciFunction;

/** All functions of a machine, and which bridge each lies behind. */
final class Hierarchy {
    private final SortedMap<PciAddress, Function> functions = new TreeMap<>();
    private final List<Function> bridges = new ArrayList<>();

    Hierarchy(List<PciFunction> ports) {
        for (PciFunction port : ports) {
            add(Function.read(port));
        }
    }

    /** Sorted by address, so that a bridge comes before all that lies behind it. */
    Collection<Function> functions() {
        return functions.values();
    }

    Optional<Function> at(PciAddress address) {
        return Optional.ofNullable(functions.get(address));
    }

    /**
     * The bridge that a function lies behind; empty on a root bus. A virtual function's bus may be no bridge's
     * secondary bus: the closest bridge whose buses include it counts.
     */
    Optional<Function> above(Function function) {
        int segment = function.address().segment();
        int bus = function.address().bus();
        return bridges.stream()
                .filter(bridge -> bridge.address().segment() == segment)
                .filter(bridge -> bridge.secondary() <= bus && bus <= bridge.subordinate())
                .max(Comparator.comparingInt(Function::secondary));
    }

    /** The bridges that a function lies behind, closest first. */
    List<Function> path(Function function) {
        List<Function> path = new ArrayList<>();
        for (Optional<Function> next = above(function); next.isPresent(); next = above(next.get())) {
            path.add(next.get());
        }
        return path;
    }

    private void add(Function function) {
        if (functions.putIfAbsent(function.address(), function) != null) {
            throw IommuException.of(Reason.BAD_INPUT, "%s: the machine has two functions of this address",
                    function.address());
        }
        if (function.secondary() == 0) {
            return;
        }
        for (Function other : bridges) {
            if (other.address().segment() == function.address().segment()
                    && other.secondary() == function.secondary()) {
                throw IommuException.of(Reason.BAD_INPUT,
                        "%s: configuration space at offset %#x holds secondary bus %#04x, which %s has already",
                        function.address(), ConfigurationSpace.SECONDARY, function.secondary(), other.address());
            }
        }
        bridges.add(function);
    }
}
