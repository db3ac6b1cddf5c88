package org.iommu4j.smmuv3;

import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.domain.UnitDomains;
import org.iommu4j.smmuv3.domain.UnitForms;
import org.iommu4j.smmuv3.entries.StreamTable;
import org.iommu4j.smmuv3.entries.Streams;
import org.iommu4j.smmuv3.firmware.IortProbe;
import org.iommu4j.smmuv3.firmware.Wires;
import org.iommu4j.smmuv3.queues.CommandQueue;
import org.iommu4j.smmuv3.queues.EventQueue;
import org.iommu4j.smmuv3.queues.QueueMemory;
import org.iommu4j.smmuv3.queues.UnitCaches;
import org.iommu4j.smmuv3.registers.Capabilities;
import org.iommu4j.smmuv3.registers.UnitErrors;
import org.iommu4j.smmuv3.registers.UnitRegisters;

/**
 * What a driven unit is made of, put together the same way for a unit that is started and for one that is taken over.
 * Touches neither registers nor memory.
 */
record UnitParts(Unit unit, UnitRegisters registers, UnitForms forms, Streams streams, UnitCaches caches,
        EventQueue events, UnitErrors errors, UnitDomains domains, long handovers) {
    /** Name of the event queue's interrupt. */
    static final String EVENTS = "evtq";
    /** Name of the errors' interrupt. */
    static final String ERRORS = "gerror";

    /**
     * Where the parts lie.
     *
     * @param tail position at which the command queue stands
     */
    record Places(StreamTable table, QueueMemory commands, long tail, QueueMemory events) {
    }

    /** @param handovers how often the unit was taken over, this time included */
    static UnitParts of(Unit unit, UnitRegisters registers, MachineDomains<DomainForm> machine, Places places,
            long handovers) {
        Capabilities capabilities = registers.capabilities();
        UnitForms forms = new UnitForms(unit.description().name(), capabilities);
        CommandQueue commands = new CommandQueue(registers, places.commands(), places.tail());
        UnitCaches caches = new UnitCaches(commands, capabilities.rangeInvalidation());
        Streams streams = new Streams(places.table(), capabilities.substreamBits(), capabilities.twoLevelContexts(),
                caches);
        EventQueue events = new EventQueue(registers, places.events(), unit.faults());
        UnitErrors errors = new UnitErrors(registers, commands::recover, unit.faults());
        return new UnitParts(unit, registers, forms, streams, caches, events, errors,
                new UnitDomains(unit, forms, caches, machine), handovers);
    }

    /** Has the interrupts handled; those of a unit without messages come by the wires that firmware tells of. */
    void listen() {
        unit.onInterrupt(EVENTS, events::drain);
        unit.onInterrupt(ERRORS, errors::handle);
        if (!forms.capabilities().messages()) {
            Wires wires = IortProbe.wires(unit.machine(), unit.description().registerBase());
            wire(EVENTS, wires.events());
            wire(ERRORS, wires.errors());
        }
    }

    private void wire(String name, int line) {
        if (line != 0) {
            unit.wire(name, line);
        }
    }

    String name() {
        return forms.unit();
    }
}
