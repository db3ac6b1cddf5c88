package org.iommu4j.amdvi.firmware;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PhysicalMemory;

/** Makes units, scopes and reserved regions of an IVRS table. What is odd in it becomes a warning. */
public final class IvrsProbe {
    /** IVMD flags: map one to one, or leave untranslated, which comes to the same for a device. */
    private static final int UNITY = 1;
    private static final int EXCLUSION = 1 << 3;
    private static final int KNOWN_FLAGS = UNITY | 1 << 1 | 1 << 2 | EXCLUSION;
    private static final int LAST_ID = (1 << 16) - 1;
    private static final long PAGE_OFFSET = PhysicalMemory.PAGE - 1;
    /** Writes to it are interrupt messages, whatever the tables say: section 2.1.4. */
    private static final ReservedRegion INTERRUPTS =
            new ReservedRegion(0xFEE0_0000L, 0xFEEF_FFFFL, ReservedRegion.Kind.MSI);
    /** HyperTransport's address range, which never reaches memory: section 2.1.2. */
    private static final ReservedRegion HYPER_TRANSPORT =
            new ReservedRegion(0xFD_0000_0000L, 0xFF_FFFF_FFFFL, ReservedRegion.Kind.RESERVED);

    private final List<UnitDescription> units = new ArrayList<>();
    private final List<ReservedScope> reserved = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private IvrsProbe() {
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT, naming table, offset and field */
    public static Probe probe(Machine machine) {
        Optional<byte[]> table = machine.firmwareTable(IvrsTable.SIGNATURE);
        IvrsProbe probe = new IvrsProbe();
        table.ifPresent(bytes -> probe.read(IvrsTable.parse(bytes)));
        return new Probe(probe.units, probe.reserved, probe.warnings);
    }

    private void read(IvrsTable table) {
        Set<Integer> segments = new HashSet<>();
        for (IvrsTable.Ivhd unit : IvrsUnits.best(table)) {
            addUnit(unit);
            segments.add(unit.segment());
        }
        table.memory().forEach(memory -> addReserved(memory, segments));
        table.unknown().forEach(block -> warn(block.offset(),
                String.format("block has the unknown type %#x and is left out", block.type())));
    }

    private void addUnit(IvrsTable.Ivhd unit) {
        if (unit.base() == 0 || (unit.base() & PAGE_OFFSET) != 0) {
            warn(unit.offset(), String.format("IVHD has its registers at %#x; the unit is left out", unit.base()));
            return;
        }
        if (units.stream().anyMatch(other -> other.registerBase() == unit.base())) {
            warn(unit.offset(), String.format("IVHD has the registers of an earlier unit, at %#x; it is left out",
                    unit.base()));
            return;
        }
        List<DeviceScope> scopes = new ArrayList<>();
        DeviceRanges.visit(unit, (entry, first, last) -> scopes.add(scope(unit.segment(), entry, first, last)),
                warnings::add);
        units.add(new UnitDescription("ivhd" + units.size(), unit.base(), scopes,
                List.of(INTERRUPTS, HYPER_TRANSPORT)));
    }

    private static DeviceScope scope(int segment, DeviceEntry entry, int first, int last) {
        return entry.isAliased() ? DeviceScope.alias(segment, first, last, entry.alias())
                : DeviceScope.range(segment, first, last, first);
    }

    private void addReserved(IvrsTable.Ivmd memory, Set<Integer> segments) {
        long last = memory.start() + memory.length() - 1;
        if (memory.length() == 0 || Long.compareUnsigned(last, memory.start()) < 0) {
            warn(memory.offset(), String.format("IVMD has %#x bytes at %#x and is left out", memory.length(),
                    memory.start()));
            return;
        }
        if ((memory.flags() & ~KNOWN_FLAGS) != 0) {
            warn(memory.offset(), String.format("IVMD flags are %#x; only the lower four bits count", memory.flags()));
        }
        long start = memory.start() & ~PAGE_OFFSET;
        long end = last | PAGE_OFFSET;
        if (start != memory.start() || end != last) {
            warn(memory.offset(), String.format("IVMD %#x-%#x is not made of pages; %#x-%#x is reserved",
                    memory.start(), last, start, end));
        }
        int first = memory.type() == IvrsTable.IVMD_ALL ? 0 : memory.id();
        int lastId = memory.type() == IvrsTable.IVMD_ALL ? LAST_ID
                : memory.type() == IvrsTable.IVMD_RANGE ? memory.lastId() : memory.id();
        if (lastId < first) {
            warn(memory.offset(), String.format("IVMD is for devices %#06x to %#06x and is left out", first, lastId));
            return;
        }
        ReservedRegion.Kind kind = (memory.flags() & (UNITY | EXCLUSION)) != 0
                ? ReservedRegion.Kind.DIRECT : ReservedRegion.Kind.RESERVED;
        reserved.add(new ReservedScope(new ReservedRegion(start, end, kind),
                segments.stream().map(segment -> DeviceScope.range(segment, first, lastId, first)).toList()));
    }

    private void warn(int offset, String problem) {
        warnings.add(String.format("IVRS offset %#x: %s", offset, problem));
    }
}
