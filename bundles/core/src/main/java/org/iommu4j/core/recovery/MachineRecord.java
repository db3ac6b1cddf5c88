package org.iommu4j.core.recovery;

import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.HandoverRecord;

/**
 * What core knows of a machine and memory does not tell.
 *
 * @param machine its name
 * @param units in the order of firmware
 * @param domains with a page table
 * @param groups all of them
 */
public record MachineRecord(String machine, List<UnitRow> units, List<DomainRow> domains, List<GroupRow> groups) {
    public MachineRecord {
        units = List.copyOf(units);
        domains = List.copyOf(domains);
        groups = List.copyOf(groups);
    }

    /**
     * A unit.
     *
     * @param base physical address of its registers
     * @param record of its driver
     */
    public record UnitRow(long base, String architecture, HandoverRecord record) {
    }

    /**
     * A domain with a page table.
     *
     * @param home index of the unit that it was allocated on
     */
    public record DomainRow(long id, DomainType type, Set<DomainFlag> flags, int home, boolean tracking) {
        public DomainRow {
            flags = Set.copyOf(flags);
        }
    }

    /**
     * A group.
     *
     * @param device its first one
     * @param domain number of the domain that it is in
     * @param defaultDomain number of its default domain
     * @param owner empty if nobody has claimed it
     * @param claims how often it was claimed
     */
    public record GroupRow(PciAddress device, long domain, long defaultDomain, String owner, int claims) {
    }
}
