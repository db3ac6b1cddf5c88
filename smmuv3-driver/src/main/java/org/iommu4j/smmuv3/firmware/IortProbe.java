package org.iommu4j.smmuv3.firmware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PhysicalMemory;

/** Makes units, scopes and reserved regions of an IORT table. What is odd in it becomes a warning. */
public final class IortProbe {
    /** Where interrupt messages of devices are mapped in every domain; the place that Linux has chosen. */
    private static final ReservedRegion MESSAGES =
            new ReservedRegion(0x800_0000L, 0x80f_ffffL, ReservedRegion.Kind.SW_MSI);
    /** RMR flag: the memory may be given up once a driver drives the device. */
    private static final int REMAP_PERMITTED = 1;
    private static final long REGISTER_PAGE = 1L << 16;
    private static final long PAGE_OFFSET = PhysicalMemory.PAGE - 1;
    private static final int LAST_RID = (1 << 16) - 1;
    private static final int MOST_SEGMENT = (1 << 24) - 1;
    private static final long LAST_STREAM = Integer.MAX_VALUE;

    private final IortTable table;
    private final StreamMap streams;
    private final List<String> warnings = new ArrayList<>();

    private IortProbe(byte[] bytes) {
        this.table = IortTable.parse(bytes);
        this.streams = new StreamMap(table, this::warn);
    }

    /** A PCI range that an SMMU sees, with the unit's place in the table. */
    private record Claim(int smmu, DeviceScope scope) {
        int lastStream() {
            return scope.kind() == DeviceScope.Kind.MERGED ? scope.idBase()
                    : scope.idBase() + scope.lastRid() - scope.start().rid();
        }
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT, naming table, offset and field */
    public static Probe probe(Machine machine) {
        return machine.firmwareTable(IortTable.SIGNATURE).map(bytes -> new IortProbe(bytes).probe())
                .orElseGet(() -> new Probe(List.of(), List.of(), List.of()));
    }

    /**
     * The streams that firmware uses for its own purposes on one unit, sorted: they must pass before anybody knows of
     * them.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT
     */
    public static List<Integer> firmwareStreams(Machine machine, long registerBase) {
        Optional<byte[]> bytes = machine.firmwareTable(IortTable.SIGNATURE);
        TreeSet<Integer> found = new TreeSet<>();
        bytes.ifPresent(given -> {
            IortProbe probe = new IortProbe(given);
            probe.nodes(IortTable.RESERVED_MEMORY).stream().flatMap(node -> probe.firmwareStreams(node).stream())
                    .filter(range -> range.smmu().base() == registerBase)
                    .forEach(range -> IntStream.rangeClosed((int) range.stream(), (int) range.lastStream())
                            .forEach(found::add));
        });
        return List.copyOf(found);
    }

    /** The wired interrupts of one unit. @throws org.iommu4j.api.IommuException BAD_INPUT */
    public static Wires wires(Machine machine, long registerBase) {
        return machine.firmwareTable(IortTable.SIGNATURE).stream()
                .flatMap(bytes -> new IortProbe(bytes).nodes(IortTable.SMMU_V3).stream())
                .filter(node -> node.base() == registerBase).map(IortTable.Node::wires).findFirst().orElse(Wires.NONE);
    }

    private Probe probe() {
        List<Claim> claims = new ArrayList<>();
        nodes(IortTable.ROOT_COMPLEX).forEach(node -> claim(node, claims));
        List<UnitDescription> units = new ArrayList<>();
        for (IortTable.Node node : table.nodes().values()) {
            if (node.type() == IortTable.SMMU_V3) {
                addUnit(node, claims, units);
            } else if (node.type() > IortTable.LAST_TYPE) {
                warn(node.offset(), "a node has the unknown type " + node.type() + " and is left out");
            }
        }
        List<ReservedScope> reserved = new ArrayList<>();
        nodes(IortTable.RESERVED_MEMORY).forEach(node -> addReserved(node, claims, reserved));
        return new Probe(units, reserved, warnings.stream().distinct().toList());
    }

    private List<IortTable.Node> nodes(int type) {
        return table.nodes().values().stream().filter(node -> node.type() == type).toList();
    }

    private void claim(IortTable.Node root, List<Claim> claims) {
        if (root.segment() > MOST_SEGMENT) {
            warn(root.offset(), String.format("a root complex has segment %#x and is left out", root.segment()));
            return;
        }
        for (StreamMap.Streams range : streams.from(root)) {
            long last = Math.min(range.input() + range.count() - 1, LAST_RID);
            if (range.input() > LAST_RID || range.lastStream() > LAST_STREAM) {
                warn(range.offset(), String.format("ids %#x to streams %#x are beyond what requesters have, and are "
                        + "left out", range.input(), range.stream()));
            } else {
                claims.add(new Claim(range.smmu().offset(), scope((int) root.segment(), range, (int) last)));
            }
        }
    }

    private static DeviceScope scope(int segment, StreamMap.Streams range, int last) {
        return range.single() ? DeviceScope.merged(segment, (int) range.input(), last, (int) range.stream())
                : DeviceScope.range(segment, (int) range.input(), last, (int) range.stream());
    }

    private void addUnit(IortTable.Node node, List<Claim> claims, List<UnitDescription> units) {
        if (node.base() == 0 || (node.base() & REGISTER_PAGE - 1) != 0) {
            warn(node.offset(), String.format("an SMMUv3 has its registers at %#x; the unit is left out", node.base()));
            return;
        }
        List<DeviceScope> scopes = claims.stream().filter(claim -> claim.smmu() == node.offset()).map(Claim::scope)
                .toList();
        units.add(new UnitDescription("smmu" + units.size(), node.base(), scopes, List.of(MESSAGES)));
    }

    private void addReserved(IortTable.Node node, List<Claim> claims, List<ReservedScope> reserved) {
        List<DeviceScope> scopes = new ArrayList<>();
        for (StreamMap.Streams range : firmwareStreams(node)) {
            claims.stream().filter(claim -> claim.smmu() == range.smmu().offset())
                    .forEach(claim -> addOverlap(claim, range, scopes));
        }
        for (IortTable.Memory memory : node.memory()) {
            long last = memory.base() + memory.length() - 1;
            if (memory.length() == 0 || Long.compareUnsigned(last, memory.base()) < 0) {
                warn(memory.offset(), String.format("an RMR has memory %#x + %#x, which is left out", memory.base(),
                        memory.length()));
                continue;
            }
            if (((memory.base() | last + 1) & PAGE_OFFSET) != 0) {
                warn(memory.offset(), String.format("an RMR has memory %#x-%#x, which is not made of pages; all of "
                        + "them are reserved", memory.base(), last));
            }
            ReservedRegion.Kind kind = (node.flags() & REMAP_PERMITTED) != 0 ? ReservedRegion.Kind.DIRECT_RELAXABLE
                    : ReservedRegion.Kind.DIRECT;
            reserved.add(new ReservedScope(
                    new ReservedRegion(memory.base() & ~PAGE_OFFSET, last | PAGE_OFFSET, kind), scopes));
        }
    }

    private List<StreamMap.Streams> firmwareStreams(IortTable.Node node) {
        List<StreamMap.Streams> ranges = new ArrayList<>();
        for (StreamMap.Streams range : streams.from(node)) {
            if (range.count() > LAST_RID + 1 || range.lastStream() > LAST_STREAM) {
                warn(range.offset(), String.format("an RMR names %d streams from %#x on, which are left out",
                        range.count(), range.stream()));
            } else {
                ranges.add(range);
            }
        }
        return ranges;
    }

    private static void addOverlap(Claim claim, StreamMap.Streams range, List<DeviceScope> scopes) {
        int first = Math.max(claim.scope().idBase(), (int) range.stream());
        int last = Math.min(claim.lastStream(), (int) range.lastStream());
        if (first <= last && claim.scope().kind() == DeviceScope.Kind.MERGED) {
            scopes.add(claim.scope());
        } else if (first <= last) {
            int rid = claim.scope().start().rid() - claim.scope().idBase();
            scopes.add(DeviceScope.range(claim.scope().start().segment(), rid + first, rid + last, first));
        }
    }

    private void warn(int offset, String problem) {
        warnings.add(String.format("IORT offset %#x: %s", offset, problem));
    }
}
