package org.iommu4j.smmuv3;

import java.util.Map;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.domain.UnitForms;
import org.iommu4j.smmuv3.entries.StreamTable;
import org.iommu4j.smmuv3.handover.RecordCheck;
import org.iommu4j.smmuv3.handover.RecordReader;
import org.iommu4j.smmuv3.handover.UnitRecord;
import org.iommu4j.smmuv3.queues.QueueMemory;
import org.iommu4j.smmuv3.registers.Capabilities;
import org.iommu4j.smmuv3.registers.UnitRegisters;

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
        UnitRecord record = RecordReader.read(handover, version);
        UnitStart.checkLength(unit);
        Capabilities capabilities = registers.capabilities();
        UnitStart.checkUsable(unit, capabilities);
        TableMemory memory = TableMemory.of(unit, capabilities.coherent());
        RecordCheck check = new RecordCheck(record, new UnitForms(unit.description().name(), capabilities));
        check.frames(memory);
        UnitParts.Places places = places(unit, record, memory);
        check.table(places.table());
        check.registers(registers, places.commands(), places.events());
        record.domains().forEach(row -> machine.checkSame(row.id(), row.form(), row.root()));
        check.forms();
        UnitParts parts = UnitParts.of(unit, registers, machine, places, record.handovers() + 1);
        Map<RecordCheck.Tagged, Integer> streams = check.streams(parts.streams());

        takeOver(parts, record, streams);
        return parts;
    }

    private static UnitParts.Places places(Unit unit, UnitRecord record, TableMemory memory) {
        UnitRecord.Table table = record.table();
        UnitRecord.Commands commands = record.commands();
        return new UnitParts.Places(new StreamTable(memory, table.base(), table.streamBits(), table.splitBits()),
                QueueMemory.commandsAt(memory, commands.base(), commands.sizeLg2(), commands.status()),
                commands.tail(),
                QueueMemory.eventsAt(memory, record.events().base(), record.events().sizeLg2()));
    }

    private static void takeOver(UnitParts parts, UnitRecord record, Map<RecordCheck.Tagged, Integer> streams) {
        parts.domains().adoptTags(record.asids(), record.vmids());
        for (UnitRecord.DomainRow row : record.domains()) {
            // A tag without streams is one whose invalidation failed: one that never leaves keeps it from reuse.
            int count = streams.getOrDefault(new RecordCheck.Tagged(row.form().stage1(), row.tag()), 1);
            parts.domains().adopt(row.id(), row.form(), row.root(), row.home(), row.tag(), count);
            if (row.tracking()) {
                parts.domains().find(row.id()).tracking(true);
            }
        }
        parts.caches().commands().counts().add(record.counts());
        parts.listen();
        parts.errors().handle(); // what came up while nobody was in charge: its interrupt is gone
        parts.events().drain();
    }
}
