package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.PciAddress;

/**
 * Puts functions into groups, one after the other, as Linux's {@code pci_device_group} does: along a function's
 * aliases, then up to the first bridge from which on all isolate, then among the functions of one device. Where a
 * function on that way has a group, it is joined. Call {@link #place} in the order of addresses.
 */
final class Grouping {
    private final Hierarchy hierarchy;
    private final Aliases aliases;
    private final Isolation isolation;
    private final Map<Function, Integer> groups = new HashMap<>();
    /** The first function that issues requests with an id. */
    private final Map<PciAddress, Function> byRequesterId = new HashMap<>();
    private final List<List<String>> reasons = new ArrayList<>();

    Grouping(Hierarchy hierarchy, Aliases aliases) {
        this.hierarchy = hierarchy;
        this.aliases = aliases;
        this.isolation = new Isolation(hierarchy);
    }

    /** One sentence for each member that joined, by group. */
    List<List<String>> reasons() {
        return reasons;
    }

    /**
     * The group that a function belongs to, a new one if nothing ties it to another.
     *
     * @param requesterIds under which its requests may come, those that firmware tells of among them
     */
    int place(Function function, int segment, List<Integer> requesterIds) {
        List<Function> passed = new ArrayList<>();
        passed.add(function);
        int group = joinByAlias(function, passed)
                .or(() -> joinByRequesterId(function, segment, requesterIds))
                .or(() -> joinByPath(function, passed))
                .or(() -> joinByDevice(function, passed.get(passed.size() - 1)))
                .orElseGet(this::open);
        // A bridge that no unit serves has no group of its own, and still ties together what lies behind it.
        passed.forEach(on -> groups.putIfAbsent(on, group));
        requesterIds.forEach(id -> byRequesterId.putIfAbsent(new PciAddress(segment, id), function));
        return group;
    }

    /** Whose requests come with one id cannot be told apart. */
    private Optional<Integer> joinByRequesterId(Function function, int segment, List<Integer> requesterIds) {
        for (int id : requesterIds) {
            Function other = byRequesterId.get(new PciAddress(segment, id));
            if (other != null) {
                return join(other, "%s issues requests as requester id %#06x, as %s does", function.address(), id,
                        other.address());
            }
        }
        return Optional.empty();
    }

    private Optional<Integer> joinByAlias(Function function, List<Function> passed) {
        for (Aliases.Alias alias : aliases.of(function)) {
            Function bridge = alias.bridge();
            if (groups.containsKey(bridge)) {
                return join(bridge, "%s lies behind %s, which issues its requests as requester id %#06x",
                        function.address(), bridge.address(), alias.requesterId());
            }
            passed.add(bridge);
        }
        return Optional.empty();
    }

    private Optional<Integer> joinByPath(Function function, List<Function> passed) {
        Function highest = passed.get(passed.size() - 1);
        for (Function bridge : hierarchy.path(highest)) {
            if (isolation.pathIsolates(bridge)) {
                return Optional.empty();
            }
            if (groups.containsKey(bridge)) {
                return join(bridge, "%s lies behind %s, and %s", function.address(), bridge.address(),
                        isolation.pathGap(bridge));
            }
            passed.add(bridge);
        }
        return Optional.empty();
    }

    private Optional<Integer> joinByDevice(Function function, Function highest) {
        if (!highest.multifunction() || isolation.isolates(highest)) {
            return Optional.empty();
        }
        for (Function peer : hierarchy.functions()) {
            if (peer != highest && sameDevice(peer, highest) && !isolation.isolates(peer)
                    && groups.containsKey(peer)) {
                String who = function == highest ? "" : function.address() + " lies behind " + highest.address()
                        + ": ";
                return join(peer, "%s%s is of one device with %s, and %s %s", who, highest.address(), peer.address(),
                        highest.address(), isolation.gap(highest));
            }
        }
        return Optional.empty();
    }

    private static boolean sameDevice(Function one, Function other) {
        return one.address().segment() == other.address().segment()
                && one.address().bus() == other.address().bus()
                && one.address().device() == other.address().device();
    }

    private Optional<Integer> join(Function member, String format, Object... arguments) {
        int group = groups.get(member);
        reasons.get(group).add(String.format(format, arguments));
        return Optional.of(group);
    }

    private int open() {
        reasons.add(new ArrayList<>());
        return reasons.size() - 1;
    }
}
