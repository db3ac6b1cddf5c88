package org.iommu4j.amdvi;

import java.util.Map;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.handover.RecordCheck;
import org.iommu4j.amdvi.handover.RecordReader;
import org.iommu4j.amdvi.handover.UnitRecord;
import org.iommu4j.amdvi.queues.CommandRing;
import org.iommu4j.amdvi.queues.EventRing;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.driver.domain.MachineDomains;

/**
 * Takes over a running unit: reads the record, holds it against registers and memory, and only then begins to act for
 * the unit. Page tables are not looked at.
 */
final class UnitAdoption {
    private UnitAdoption() {
    }

    /**
     * @param version of the records that this driver knows
     * @throws org.iommu4j.api.IommuException BAD_INPUT; nothing was changed
     */
    static UnitParts adopt(UnitPorts ports, HandoverRecord handover, int version, MachineDomains<DomainForm> machine) {
        UnitRecord record = RecordReader.read(handover, version);
        CommandRing commands = new CommandRing(ports.unit().memory(), record.commands().base(),
                record.commands().stores());
        EventRing events = new EventRing(ports.unit().memory(), record.eventRing());
        DeviceTable table = UnitParts.table(ports, record.deviceTable());

        RecordCheck check = new RecordCheck(record, ports.forms());
        check.frames(ports.memory());
        check.registers(ports.registers(), ports.block(), commands, events, table);
        record.domains().forEach(row -> machine.checkSame(row.id(), row.form(), row.root()));
        check.forms();
        Map<Integer, Integer> requesters = check.requesters(table);

        UnitParts parts = UnitParts.of(ports, machine, table.base(), commands, record.commands().tail(), events,
                record.handovers() + 1);
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
        parts.caches().commands().counts().add(record.counts());
        parts.ports().unit().onInterrupt(UnitParts.INTERRUPT, parts.events()::drain);
        parts.events().drain(); // what was logged while nobody was in charge: its interrupt is gone
    }
}
