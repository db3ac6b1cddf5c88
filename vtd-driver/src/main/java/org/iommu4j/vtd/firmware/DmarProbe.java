package org.iommu4j.vtd.firmware;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PhysicalMemory;

/** Makes units, scopes and reserved regions of a DMAR table. What is odd in it becomes a warning. */
public final class DmarProbe {
    /** DRHD flag: the unit serves all of its segment that no other unit names. */
    private static final int INCLUDE_PCI_ALL = 1;
    /** Bits of the DRHD size byte that have a meaning: log2 of the register file's 4 KiB pages. Others occur. */
    private static final int SIZE_BITS = 15;
    private static final long PAGE_OFFSET = PhysicalMemory.PAGE - 1;
    /** Writes to it are interrupt messages, whatever the tables say: specification, section 3.14. */
    private static final ReservedRegion INTERRUPTS =
            new ReservedRegion(0xFEE0_0000L, 0xFEEF_FFFFL, ReservedRegion.Kind.MSI);

    private final List<UnitDescription> units = new ArrayList<>();
    private final List<ReservedScope> reserved = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    private DmarProbe() {
    }

    /** @throws org.iommu4j.api.IommuException BAD_INPUT, naming table, offset and field */
    public static Probe probe(Machine machine) {
        Optional<byte[]> table = machine.firmwareTable(DmarTable.SIGNATURE);
        DmarProbe probe = new DmarProbe();
        table.ifPresent(bytes -> DmarTable.parse(bytes).structures().forEach(probe::add));
        return new Probe(probe.units, probe.reserved, probe.warnings);
    }

    private void add(DmarTable.Structure structure) {
        if (structure.type() == DmarTable.DRHD) {
            addUnit(structure);
        } else if (structure.type() == DmarTable.RMRR) {
            addReserved(structure);
        } else if (structure.type() > DmarTable.LAST_TYPE) {
            warn(structure, "has the unknown type " + structure.type() + " and is left out");
        }
    }

    private void addUnit(DmarTable.Structure drhd) {
        if (drhd.base() == 0 || (drhd.base() & PAGE_OFFSET) != 0) {
            warn(drhd, String.format("DRHD has its registers at %#x; the unit is left out", drhd.base()));
            return;
        }
        if ((drhd.size() & ~SIZE_BITS) != 0) {
            warn(drhd, String.format("DRHD size is %#x; only the lower four bits count", drhd.size()));
        }
        List<DeviceScope> scopes = scopes(drhd);
        if ((drhd.flags() & INCLUDE_PCI_ALL) != 0) {
            scopes.add(DeviceScope.segment(drhd.segment()));
        }
        units.add(new UnitDescription("dmar" + units.size(), drhd.base(), scopes, List.of(INTERRUPTS)));
    }

    private void addReserved(DmarTable.Structure rmrr) {
        if (Long.compareUnsigned(rmrr.base(), rmrr.limit()) > 0) {
            warn(rmrr, String.format("RMRR ends at %#x before it starts at %#x and is left out", rmrr.limit(),
                    rmrr.base()));
            return;
        }
        long start = rmrr.base() & ~PAGE_OFFSET;
        long last = rmrr.limit() | PAGE_OFFSET;
        if (start != rmrr.base() || last != rmrr.limit()) {
            warn(rmrr, String.format("RMRR %#x-%#x is not made of pages; %#x-%#x is reserved", rmrr.base(),
                    rmrr.limit(), start, last));
        }
        warnOfOverlap(rmrr, start, last);
        reserved.add(new ReservedScope(new ReservedRegion(start, last, ReservedRegion.Kind.DIRECT), scopes(rmrr)));
    }

    /** Section 8.4 wants regions disjoint. Both are kept: core joins what overlaps when it maps them. */
    private void warnOfOverlap(DmarTable.Structure rmrr, long start, long last) {
        for (ReservedScope other : reserved) {
            ReservedRegion region = other.region();
            if (Long.compareUnsigned(start, region.last()) <= 0 && Long.compareUnsigned(region.start(), last) <= 0) {
                warn(rmrr, String.format("RMRR %#x-%#x overlaps the earlier one %#x-%#x", start, last, region.start(),
                        region.last()));
            }
        }
    }

    /** The requesters that are named; IO-APICs and HPETs only send interrupts. */
    private List<DeviceScope> scopes(DmarTable.Structure structure) {
        List<DeviceScope> scopes = new ArrayList<>();
        for (DmarScope scope : structure.scopes()) {
            switch (scope.type()) {
                case DmarScope.ENDPOINT, DmarScope.NAMESPACE_DEVICE ->
                    scopes.add(DeviceScope.function(structure.segment(), scope.bus(), scope.path()));
                case DmarScope.BRIDGE ->
                    scopes.add(DeviceScope.hierarchy(structure.segment(), scope.bus(), scope.path()));
                case DmarScope.IO_APIC, DmarScope.HPET -> { }
                default -> warn(structure, "names a device of the unknown type " + scope.type());
            }
        }
        return scopes;
    }

    private void warn(DmarTable.Structure structure, String problem) {
        warnings.add(String.format("DMAR offset %#x: %s", structure.offset(), problem));
    }
}
