package org.iommu4j.amdvi.handover;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.domain.UnitDomains;
import org.iommu4j.amdvi.domain.UnitForms;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.entries.DeviceTableEntry;
import org.iommu4j.amdvi.entries.Translation;
import org.iommu4j.amdvi.queues.CommandRing;
import org.iommu4j.amdvi.queues.EventRing;
import org.iommu4j.amdvi.registers.CapabilityBlock;
import org.iommu4j.amdvi.registers.Status;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.driver.record.RecordWords;

/**
 * Holds a record against the unit's registers and against the tables in memory. Reads only; any contradiction is
 * BAD_INPUT. Takes the time of one device table.
 */
public final class RecordCheck {
    private final UnitRecord record;
    private final UnitForms forms;

    /** @param forms that the unit can walk */
    public RecordCheck(UnitRecord record, UnitForms forms) {
        this.record = record;
        this.forms = forms;
    }

    /** The frames that the record names, and its domains among each other. */
    public void frames(TableMemory memory) {
        isFrame(memory, RecordTags.COMMANDS, record.commands().base());
        isFrame(memory, RecordTags.COMMANDS, record.commands().stores());
        isFrame(memory, RecordTags.EVENTS, record.eventRing());
        isFrame(memory, RecordTags.TABLE, record.deviceTable());
        Set<Integer> ids = new HashSet<>(record.ids());
        for (int id : ids) {
            require(id >= UnitDomains.FIRST_ID && id < UnitDomains.IDS, RecordTags.IDS, "has id %d, of %d to %d", id,
                    UnitDomains.FIRST_ID, UnitDomains.IDS - 1);
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

    /** The domains: the unit can walk those that have requesters here, and guest tables are of the levels there are. */
    public void forms() {
        for (UnitRecord.DomainRow row : record.domains()) {
            DomainForm form = row.form();
            require(!form.guest() || form.levels() == DeviceTableEntry.GUEST_LEVELS, RecordTags.DOMAINS,
                    "gives domain %d guest tables of %d levels", row.id(), form.levels());
            if (row.domainId() != 0) {
                try {
                    forms.check(form);
                } catch (IommuException e) {
                    throw new IommuException(Reason.BAD_INPUT, String.format("record tag %s, domain %d: %s",
                            RecordTags.DOMAINS, row.id(), e.getMessage()), e);
                }
            }
        }
    }

    /** The registers: everything is on, where the record says, idle and without error. */
    public void registers(UnitRegisters registers, CapabilityBlock block, CommandRing commands, EventRing events,
            DeviceTable table) {
        require(registers.isAllOn(), RecordTags.TABLE, "is of a running unit, but Control is %#x", registers.control());
        equal(RecordTags.TABLE, "Device Table Base Address", registers.deviceTable(), table.register());
        equal(RecordTags.COMMANDS, "Command Buffer Base Address", registers.commands(), commands.register());
        equal(RecordTags.EVENTS, "Event Log Base Address", registers.events(), events.register());
        int slot = CommandRing.slot(record.commands().tail());
        equal(RecordTags.COMMANDS, "the command tail", registers.commandTail(), slot);
        equal(RecordTags.COMMANDS, "the command head", registers.commandHead(), slot);
        require((registers.status() & Status.COMMAND_BUFFER_RUNS) != 0, RecordTags.COMMANDS,
                "is of a ring that runs, but Status is %#x", registers.status());
        MsiMessage message = block.interrupt();
        equal(RecordTags.INTERRUPT, "the message's address", message.address(), record.interrupt().address());
        equal(RecordTags.INTERRUPT, "the message's data", message.data(), record.interrupt().data());
    }

    /** The table: each requester is in a domain that the record names. @return requesters by domain id */
    public Map<Integer, Integer> requesters(DeviceTable table) {
        Map<Integer, UnitRecord.DomainRow> rows = new TreeMap<>();
        record.domains().stream().filter(row -> row.domainId() != 0).forEach(row -> rows.put(row.domainId(), row));
        Map<Integer, Integer> requesters = new TreeMap<>();
        table.forEachPresent((requester, translation) -> {
            if (!translation.isBlocked()) {
                check(requester, translation, rows.get(translation.domainId()));
                requesters.merge(translation.domainId(), 1, Integer::sum);
            }
        });
        return requesters;
    }

    private void check(int requester, Translation inMemory, UnitRecord.DomainRow row) {
        Translation expected = row == null ? Translation.IDENTITY
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
