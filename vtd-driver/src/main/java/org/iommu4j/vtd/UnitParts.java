package org.iommu4j.vtd;

import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.domain.UnitDomains;
import org.iommu4j.vtd.domain.UnitForms;
import org.iommu4j.vtd.entries.LegacyTables;
import org.iommu4j.vtd.entries.RequesterTables;
import org.iommu4j.vtd.entries.ScalableTables;
import org.iommu4j.vtd.queues.InvalidationQueue;
import org.iommu4j.vtd.queues.InvalidationRegisters;
import org.iommu4j.vtd.queues.Invalidations;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.queues.UnitCaches;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.FaultRecords;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * What a driven unit is made of, put together the same way for a unit that is started and for one that is taken over.
 * Touches neither registers nor memory.
 */
record UnitParts(Unit unit, UnitRegisters registers, UnitForms forms, TableMemory memory, RequesterTables tables,
        UnitCaches caches, FaultRecords faults, UnitDomains domains, long handovers) {
    /** Name of the fault interrupt. */
    static final String FAULT = "fault";

    /**
     * @param queue where the invalidation queue lies; null without one
     * @param tail position at which the queue stands
     * @param handovers how often the unit was taken over, this time included
     */
    static UnitParts of(Unit unit, UnitRegisters registers, UnitForms forms, MachineDomains<DomainForm> machine,
            long root, QueueMemory queue, long tail, long handovers) {
        Capabilities capabilities = forms.capabilities();
        boolean scalable = forms.scalable();
        TableMemory memory = TableMemory.of(unit, capabilities.coherent());
        RequesterTables tables = scalable ? new ScalableTables(memory, root, capabilities.walkSnoopControl())
                : new LegacyTables(memory, root);
        Invalidations invalidations = queue == null ? new InvalidationRegisters(registers)
                : new InvalidationQueue(registers, queue, tail);
        UnitCaches caches = new UnitCaches(invalidations, registers, capabilities, scalable);
        FaultRecords faults = new FaultRecords(registers, capabilities, unit.faults());
        UnitDomains domains = new UnitDomains(unit, forms, caches, machine);
        return new UnitParts(unit, registers, forms, memory, tables, caches, faults, domains, handovers);
    }

    /** Which tables the unit can walk in that mode. */
    static UnitForms forms(Unit unit, Capabilities capabilities, boolean scalable) {
        return new UnitForms(unit.description().name(), capabilities, scalable, unit.machine().physicalAddressBits());
    }

    String name() {
        return unit.description().name();
    }
}
