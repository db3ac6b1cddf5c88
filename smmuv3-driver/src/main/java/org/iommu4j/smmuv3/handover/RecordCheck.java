package org.iommu4j.smmuv3.handover;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.driver.record.RecordWords;
import org.iommu4j.smmuv3.domain.UnitForms;
import org.iommu4j.smmuv3.entries.StreamTable;
import org.iommu4j.smmuv3.entries.Streams;
import org.iommu4j.smmuv3.entries.Translation;
import org.iommu4j.smmuv3.entries.Translation.Kind;
import org.iommu4j.smmuv3.queues.QueueMemory;
import org.iommu4j.smmuv3.registers.Capabilities;
import org.iommu4j.smmuv3.registers.Control;
import org.iommu4j.smmuv3.registers.StreamTableBase;
import org.iommu4j.smmuv3.registers.UnitRegisters;

/**
 * Holds a record against the unit's registers and against the tables in memory. Reads only; any contradiction is
 * BAD_INPUT. Takes the time of the tables that exist.
 */
public final class RecordCheck {
    private final UnitRecord record;
    private final Capabilities capabilities;
    private final UnitForms forms;

    /** A stage with a tag of it. */
    public record Tagged(boolean stage1, int tag) {
    }

    /** @param forms that the unit can walk */
    public RecordCheck(UnitRecord record, UnitForms forms) {
        this.record = record;
        this.capabilities = forms.capabilities();
        this.forms = forms;
    }

    /** The sizes that the record gives, and the frames that it names; its domains among each other. */
    public void frames(TableMemory memory) {
        between(RecordTags.COMMANDS, record.commands().sizeLg2(), 1, capabilities.commandQueueLg2());
        between(RecordTags.EVENTS, record.events().sizeLg2(), 0, capabilities.eventQueueLg2());
        between(RecordTags.TABLE, record.table().streamBits(), 0,
                Math.min(capabilities.streamBits(), StreamTable.MOST_STREAM_BITS));
        require(record.table().splitBits() == 0 || record.table().splitBits() == StreamTable.SPLIT
                && record.table().streamBits() > StreamTable.SPLIT, RecordTags.TABLE, "has %d bits in the second level",
                record.table().splitBits());
        isFrame(memory, RecordTags.COMMANDS, record.commands().base());
        if (record.commands().status() != 0) {
            isFrame(memory, RecordTags.COMMANDS, record.commands().status());
        }
        isFrame(memory, RecordTags.EVENTS, record.events().base());
        tags(RecordTags.ASIDS, record.asids(), capabilities.asids());
        tags(RecordTags.VMIDS, record.vmids(), capabilities.vmids());
        Set<Long> seen = new HashSet<>();
        Set<Tagged> seenTags = new HashSet<>();
        for (UnitRecord.DomainRow row : record.domains()) {
            isFrame(memory, RecordTags.DOMAINS, row.root());
            require(row.id() > 0 && seen.add(row.id()), RecordTags.DOMAINS, "names domain %d twice", row.id());
            List<Integer> taken = row.form().stage1() ? record.asids() : record.vmids();
            require(row.tag() == 0 || taken.contains(row.tag())
                    && seenTags.add(new Tagged(row.form().stage1(), row.tag())), RecordTags.DOMAINS,
                    "gives domain %d the tag %d, which is not its own", row.id(), row.tag());
        }
    }

    private static void tags(String name, List<Integer> tags, int count) {
        tags.forEach(tag -> require(tag > 0 && tag < count, name, "has %d, of 1 to %d", tag, count - 1));
    }

    private static void between(String tag, int value, int least, int most) {
        require(value >= least && value <= most, tag, "has %d, of %d to %d", value, least, most);
    }

    /** The place of the stream table. */
    public void table(StreamTable table) {
        require(table.isInPool(), RecordTags.TABLE, "has %#x, where no table of 2^%d streams can lie in the pool",
                table.base(), table.streamBits());
    }

    /** The domains: the unit can walk those that have streams here. */
    public void forms() {
        for (UnitRecord.DomainRow row : record.domains()) {
            if (row.tag() != 0) {
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
    public void registers(UnitRegisters registers, QueueMemory commands, QueueMemory events) {
        equal(RecordTags.TABLE, "CR0ACK", registers.state(), Control.RUNNING);
        UnitRecord.Table table = record.table();
        equal(RecordTags.TABLE, "STRTAB_BASE", registers.streamTable(), StreamTableBase.base(table.base()));
        equal(RecordTags.TABLE, "STRTAB_BASE_CFG", registers.streamTableConfig(),
                StreamTableBase.config(table.streamBits(), table.splitBits()));
        equal(RecordTags.COMMANDS, "CMDQ_BASE", registers.commandQueue(), commands.register());
        int tail = commands.index(record.commands().tail());
        equal(RecordTags.COMMANDS, "CMDQ_PROD", registers.commandProducer(), tail);
        equal(RecordTags.COMMANDS, "CMDQ_CONS", registers.commandConsumer(), tail);
        equal(RecordTags.EVENTS, "EVENTQ_BASE", registers.eventQueue(), events.register());
        if (capabilities.messages()) {
            message("EVENTQ_IRQ_CFG", registers.eventMessage(), record.interrupts().events());
            message("GERROR_IRQ_CFG", registers.errorMessage(), record.interrupts().errors());
        }
    }

    private static void message(String register, MsiMessage found, MsiMessage expected) {
        equal(RecordTags.INTERRUPTS, register + "0", found.address(), expected.address());
        equal(RecordTags.INTERRUPTS, register + "1", found.data(), expected.data());
    }

    /** The tables: each stream passes or is in a domain that the record names. @return streams by tag */
    public Map<Tagged, Integer> streams(Streams streams) {
        Map<Tagged, UnitRecord.DomainRow> rows = new HashMap<>();
        record.domains().stream().filter(row -> row.tag() != 0)
                .forEach(row -> rows.put(new Tagged(row.form().stage1(), row.tag()), row));
        Map<Tagged, Integer> count = new HashMap<>();
        streams.forEachPresent((stream, translation) -> {
            Tagged tagged = new Tagged(translation.kind() == Kind.STAGE1, translation.tag());
            check(stream, translation, translation.hasTable() ? rows.get(tagged) : null);
            count.merge(tagged, 1, Integer::sum);
        });
        return count;
    }

    private static void check(int stream, Translation inMemory, UnitRecord.DomainRow row) {
        Translation expected = row == null ? Translation.IDENTITY : UnitForms.entry(row.form(), row.root(), row.tag());
        require(inMemory.equals(expected), RecordTags.DOMAINS, "contradicts the entry of stream %#x, which is %s%s",
                stream, inMemory, row == null ? "" : "; the record says " + expected);
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
