package org.iommu4j.amdvi;

import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.domain.UnitDomains;
import org.iommu4j.amdvi.domain.UnitEntries;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.queues.CommandBuffer;
import org.iommu4j.amdvi.queues.CommandRing;
import org.iommu4j.amdvi.queues.EventLog;
import org.iommu4j.amdvi.queues.EventRing;
import org.iommu4j.amdvi.queues.UnitCaches;
import org.iommu4j.driver.domain.MachineDomains;

/**
 * What a driven unit is made of, put together the same way for a unit that is started and for one that is taken over.
 * Touches neither registers nor memory.
 */
record UnitParts(UnitPorts ports, DeviceTable table, UnitCaches caches, EventLog events, UnitEntries entries,
        UnitDomains domains, MachineDomains<DomainForm> machine, long handovers) {
    /** Name of the interrupt. */
    static final String INTERRUPT = "event";

    /**
     * @param tail position at which the command buffer stands
     * @param handovers how often the unit was taken over, this time included
     */
    static UnitParts of(UnitPorts ports, MachineDomains<DomainForm> machine, long tableBase, CommandRing commands,
            long tail, EventRing events, long handovers) {
        DeviceTable table = table(ports, tableBase);
        CommandBuffer buffer = new CommandBuffer(ports.registers(), commands, tail);
        EventLog log = new EventLog(ports.registers(), events, ports.unit().faults(), buffer::refuse);
        buffer.onStop(log::drain);
        UnitCaches caches =
                new UnitCaches(buffer, ports.block().cachesAbsent(), ports.features().invalidatesAll());
        UnitEntries entries = new UnitEntries(table, caches);
        UnitDomains domains = new UnitDomains(ports.unit(), ports.forms(), entries, machine);
        return new UnitParts(ports, table, caches, log, entries, domains, machine, handovers);
    }

    static DeviceTable table(UnitPorts ports, long base) {
        return new DeviceTable(ports.memory(), base, ports.features().gcr3Levels());
    }
}
