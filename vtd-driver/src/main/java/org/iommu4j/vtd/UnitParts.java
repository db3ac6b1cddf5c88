package org.iommu4j.vtd;

import org.iommu4j.api.driver.Unit;
import org.iommu4j.vtd.domain.MachineDomains;
import org.iommu4j.vtd.domain.UnitDomains;
import org.iommu4j.vtd.entries.LegacyTables;
import org.iommu4j.vtd.entries.RequesterTables;
import org.iommu4j.vtd.entries.ScalableTables;
import org.iommu4j.vtd.entries.TableMemory;
import org.iommu4j.vtd.queues.InvalidationQueue;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.queues.UnitCaches;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.FaultRecords;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * What a driven unit is made of, put together the same way for a unit that is started and for one that is taken over.
 * Touches neither registers nor memory.
 */
record UnitParts(Unit unit, UnitRegisters registers, Capabilities capabilities, TableMemory memory,
        RequesterTables tables, UnitCaches caches, FaultRecords faults, UnitDomains domains, long handovers) {
    /** Name of the fault interrupt. */
    static final String FAULT = "fault";

    /**
     * @param tail position at which the queue stands
     * @param handovers how often the unit was taken over, this time included
     */
    static UnitParts of(Unit unit, UnitRegisters registers, Capabilities capabilities, MachineDomains machine,
            long root, boolean scalable, QueueMemory queueMemory, long tail, long handovers) {
        TableMemory memory = memory(unit);
        RequesterTables tables = scalable ? new ScalableTables(memory, root) : new LegacyTables(memory, root);
        UnitCaches caches = new UnitCaches(new InvalidationQueue(registers, queueMemory, tail), capabilities, scalable);
        FaultRecords faults = new FaultRecords(registers, capabilities, unit.faults());
        UnitDomains domains = new UnitDomains(unit, capabilities, caches, machine);
        return new UnitParts(unit, registers, capabilities, memory, tables, caches, faults, domains,
                handovers);
    }

    static TableMemory memory(Unit unit) {
        return new TableMemory(unit.machine(), unit.memory(), unit.frames());
    }

    String name() {
        return unit.description().name();
    }
}
