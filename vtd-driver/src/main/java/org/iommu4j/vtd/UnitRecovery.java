package org.iommu4j.vtd;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.handover.RecordReader;
import org.iommu4j.vtd.handover.UnitRecord;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.queues.QueuePlace;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * Takes over a running unit whose driver has died: as {@link UnitAdoption}, but the place in the queue comes from
 * registers and memory, all frames are taken anew, and all caches are emptied, because what the dead driver had
 * unmapped may still be in them.
 */
final class UnitRecovery {
    private static final int PAGE_LG2 = 12;

    private UnitRecovery() {
    }

    /** @throws IommuException BAD_INPUT, TIMEOUT if the queue does not come to rest; tables are as they were */
    static UnitParts recover(Unit unit, HandoverRecord handover, int version, UnitRegisters registers,
            MachineDomains<DomainForm> machine) {
        UnitRecord told = RecordReader.read(handover, version);
        UnitRecord now = new UnitRecord(place(unit, told.queue(), registers), told.root(), told.interrupt(), told.ids(),
                told.domains(), told.counts(), told.handovers());
        UnitParts parts = UnitAdoption.adopt(unit, now, registers, machine);
        try {
            hold(parts, now);
            parts.caches().forgetAll();
            registers.faultInterrupt(unit.interrupt(UnitParts.FAULT)); // this process may have another vector for it
            return parts;
        } catch (IommuException e) {
            parts.domains().forgetUnit();
            throw new IommuException(Reason.BAD_INPUT, parts.name() + ": " + e.getMessage(), e);
        }
    }

    private static QueuePlace place(Unit unit, QueuePlace told, UnitRegisters registers) {
        if (!told.isThere()) {
            return told;
        }
        for (long frame : new long[] {told.base(), told.status()}) {
            if (!unit.frames().pool().contains(frame)) {
                throw IommuException.of(Reason.BAD_INPUT, "record: the queue has %#x, which is no frame of the pool",
                        frame);
            }
        }
        registers.await(() -> registers.queueHead() == registers.queueTail(), "IQH to reach IQT");
        QueueMemory queue = new QueueMemory(unit.memory(), told.base(), told.wide(), told.status());
        return new QueuePlace(told.base(), told.wide(), queue.positionAfter(registers.queueTail()), told.status());
    }

    private static void hold(UnitParts parts, UnitRecord record) {
        PageAllocator frames = parts.unit().frames();
        if (record.queue().isThere()) {
            QueuePlace queue = record.queue();
            new QueueMemory(parts.unit().memory(), queue.base(), queue.wide(), queue.status()).hold(frames);
        }
        frames.hold(record.root().table(), PAGE_LG2);
        parts.tables().frames().forEach(frame -> frames.hold(frame, PAGE_LG2));
        for (UnitRecord.DomainRow row : record.domains()) {
            if (row.home()) {
                parts.domains().find(row.id()).tables(frame -> frames.hold(frame, PAGE_LG2));
            }
        }
    }
}
