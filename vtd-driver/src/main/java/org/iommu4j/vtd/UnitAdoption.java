package org.iommu4j.vtd;

import java.util.Map;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.domain.UnitForms;
import org.iommu4j.vtd.handover.RecordCheck;
import org.iommu4j.vtd.handover.RecordReader;
import org.iommu4j.vtd.handover.UnitRecord;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.queues.QueuePlace;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * Takes over a running unit: reads the record, holds it against registers and memory, and only then begins to act for
 * the unit. Page tables are not looked at.
 */
final class UnitAdoption {
    private UnitAdoption() {
    }

    /**
     * @param version of the records that this driver knows
     * @throws IommuException BAD_INPUT; nothing was changed
     */
    static UnitParts adopt(Unit unit, HandoverRecord handover, int version, UnitRegisters registers,
            MachineDomains<DomainForm> machine) {
        return adopt(unit, RecordReader.read(handover, version), registers, machine);
    }

    /** As {@link #adopt(Unit, HandoverRecord, int, UnitRegisters, MachineDomains)}, of a record that was read. */
    static UnitParts adopt(Unit unit, UnitRecord record, UnitRegisters registers, MachineDomains<DomainForm> machine) {
        Capabilities capabilities = registers.capabilities();
        UnitStart.checkUsable(unit, capabilities);
        QueuePlace queue = record.queue();
        QueueMemory queueMemory = queue.isThere()
                ? new QueueMemory(unit.memory(), queue.base(), queue.wide(), queue.status()) : null;
        UnitForms forms = UnitParts.forms(unit, capabilities, record.root().scalable());

        RecordCheck check = new RecordCheck(record, forms);
        check.frames(TableMemory.of(unit, capabilities.coherent()));
        check.registers(registers, queueMemory);
        record.domains().forEach(row -> machine.checkSame(row.id(), row.form(), row.root()));
        check.forms();
        UnitParts parts = UnitParts.of(unit, registers, forms, machine, record.root().table(), queueMemory,
                queue.tail(), record.handovers() + 1);
        Map<Integer, Integer> requesters = check.requesters(parts.tables());

        takeOver(parts, record, requesters);
        return parts;
    }

    private static void takeOver(UnitParts parts, UnitRecord record, Map<Integer, Integer> requesters) {
        parts.domains().adoptIds(record.ids());
        for (UnitRecord.DomainRow row : record.domains()) {
            // An id without requesters is one whose invalidation failed: one that never leaves keeps it from reuse.
            int count = requesters.getOrDefault(row.domainId(), 1);
            parts.domains().adopt(row.id(), row.form(), row.root(), row.home(), row.domainId(), count);
            if (row.tracking()) {
                parts.domains().find(row.id()).tracking(true);
            }
        }
        parts.caches().invalidations().counts().add(record.counts());
        parts.unit().onInterrupt(UnitParts.FAULT, parts.faults()::drain);
        parts.faults().drain(); // what was recorded while nobody was in charge: its interrupt is gone
    }
}
