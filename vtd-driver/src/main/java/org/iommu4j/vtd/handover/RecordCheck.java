package org.iommu4j.vtd.handover;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.driver.record.RecordWords;
import org.iommu4j.vtd.domain.UnitDomains;
import org.iommu4j.vtd.domain.UnitForms;
import org.iommu4j.vtd.entries.RequesterTables;
import org.iommu4j.vtd.entries.Translation;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.FaultStatus;
import org.iommu4j.vtd.registers.GlobalCommand;
import org.iommu4j.vtd.registers.RootTableAddress;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * Holds a record against the unit's registers and against the tables in memory. Reads only; any contradiction is
 * BAD_INPUT. Takes the time of the tables that exist.
 */
public final class RecordCheck {
    private final UnitRecord record;
    private final Capabilities capabilities;
    private final UnitForms forms;

    /** @param forms that the unit can walk */
    public RecordCheck(UnitRecord record, UnitForms forms) {
        this.record = record;
        this.capabilities = forms.capabilities();
        this.forms = forms;
    }

    /** The frames that the record names, and its domains among each other. */
    public void frames(TableMemory memory) {
        if (record.queue().isThere()) {
            isFrame(memory, RecordTags.QUEUE, record.queue().base());
            isFrame(memory, RecordTags.QUEUE, record.queue().status());
        }
        isFrame(memory, RecordTags.ROOT, record.root().table());
        Set<Integer> ids = new HashSet<>(record.ids());
        for (int id : ids) {
            require(id >= UnitDomains.FIRST_ID && id < capabilities.domainIds(), RecordTags.IDS,
                    "has id %d, of %d to %d", id, UnitDomains.FIRST_ID, capabilities.domainIds() - 1);
        }
        Set<Long> seen = new HashSet<>();
        Set<Integer> seenIds = new HashSet<>();
        for (UnitRecord.DomainRow row : record.domains()) {
            isFrame(memory, RecordTags.DOMAINS, row.root());
            require(row.id() > 0 && seen.add(row.id()), RecordTags.DOMAINS, "names domain %d twice", row.id());
            require(row.domainId() == 0 || ids.contains(row.domainId()) && seenIds.add(row.domainId()),
                    RecordTags.DOMAINS, "gives domain %d the id %d, which is not its own", row.id(), row.domainId());
        }
    }

    /** The domains: the unit can walk those that have requesters here. */
    public void forms() {
        for (UnitRecord.DomainRow row : record.domains()) {
            if (row.domainId() != 0) {
                try {
                    forms.check(row.form());
                } catch (IommuException e) {
                    throw new IommuException(Reason.BAD_INPUT, String.format("record tag %s, domain %d: %s",
                            RecordTags.DOMAINS, row.id(), e.getMessage()), e);
                }
            }
        }
    }

    /** The registers: everything is on, where the record says, idle and without error. */
    public void registers(UnitRegisters registers, QueueMemory queue) {
        for (GlobalCommand each : List.of(GlobalCommand.TRANSLATION_ENABLE, GlobalCommand.SET_ROOT_TABLE_POINTER)) {
            require(registers.is(each), RecordTags.ROOT, "is of a running unit, but GSTS.%s is 0", each.statusName());
        }
        require(registers.is(GlobalCommand.QUEUED_INVALIDATION_ENABLE) == record.queue().isThere(), RecordTags.QUEUE,
                "contradicts GSTS.%s", GlobalCommand.QUEUED_INVALIDATION_ENABLE.statusName());
        equal(RecordTags.ROOT, "RTADDR", registers.rootTable(),
                RootTableAddress.of(record.root().table(), record.root().scalable()));
        if (queue != null) {
            queue(registers, queue);
        }
        MsiMessage message = registers.faultInterrupt();
        equal(RecordTags.INTERRUPT, "FEADDR", message.address(), record.interrupt().address());
        equal(RecordTags.INTERRUPT, "FEDATA", message.data(), record.interrupt().data());
    }

    private void queue(UnitRegisters registers, QueueMemory queue) {
        equal(RecordTags.QUEUE, "IQA", registers.queueAddress(), queue.register());
        equal(RecordTags.QUEUE, "IQT", registers.queueTail(), queue.offset(record.queue().tail()));
        equal(RecordTags.QUEUE, "IQH", registers.queueHead(), queue.offset(record.queue().tail()));
        equal(RecordTags.QUEUE, "FSTS errors", registers.faultStatus() & FaultStatus.QUEUE_ERRORS, 0);
    }

    /** The tables: each requester is in a domain that the record names. @return requesters by domain id */
    public Map<Integer, Integer> requesters(RequesterTables tables) {
        Map<Integer, UnitRecord.DomainRow> rows = new TreeMap<>();
        record.domains().stream().filter(row -> row.domainId() != 0).forEach(row -> rows.put(row.domainId(), row));
        Map<Integer, Integer> requesters = new TreeMap<>();
        tables.forEachPresent((requester, translation) -> {
            check(requester, translation, rows.get(translation.domainId()));
            requesters.merge(translation.domainId(), 1, Integer::sum);
        });
        return requesters;
    }

    private void check(int requester, Translation inMemory, UnitRecord.DomainRow row) {
        Translation expected = row == null ? Translation.identity(capabilities.mostLevels())
                : UnitForms.entry(row.form(), row.root(), row.domainId(), row.tracking());
        require(inMemory.equals(expected), RecordTags.DOMAINS, "contradicts the entry of %s, which is %s%s",
                new PciAddress(0, requester), inMemory, row == null ? "" : "; the record says " + expected);
    }

    private static void equal(String tag, String register, long found, long expected) {
        require(found == expected, tag, "contradicts %s: it is %#x, not %#x", register, found, expected);
    }

    private static void isFrame(TableMemory memory, String tag, long pa) {
        require(memory.isFrame(pa), tag, "has %#x, which is no frame of the pool", pa);
    }

    private static void require(boolean condition, String tag, String problem, Object... arguments) {
        if (!condition) {
            throw RecordWords.bad(tag, String.format(problem, arguments));
        }
    }
}
