package org.iommu4j.smmuv3.handover;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.iommu4j.api.driver.HandoverRecord;

/** Makes the record of a unit. */
public final class RecordWriter {
    private RecordWriter() {
    }

    /** @param version which tags it has */
    public static HandoverRecord write(UnitRecord unit, int version) {
        UnitRecord.Commands commands = unit.commands();
        UnitRecord.Interrupts interrupts = unit.interrupts();
        Map<String, long[]> tags = new TreeMap<>();
        tags.put(RecordTags.COMMANDS,
                new long[] {commands.base(), commands.sizeLg2(), commands.tail(), commands.status()});
        tags.put(RecordTags.EVENTS, new long[] {unit.events().base(), unit.events().sizeLg2()});
        tags.put(RecordTags.TABLE,
                new long[] {unit.table().base(), unit.table().streamBits(), unit.table().splitBits()});
        tags.put(RecordTags.INTERRUPTS, new long[] {interrupts.events().address(), interrupts.events().data(),
                interrupts.errors().address(), interrupts.errors().data()});
        tags.put(RecordTags.ASIDS, numbers(unit.asids()));
        tags.put(RecordTags.VMIDS, numbers(unit.vmids()));
        tags.put(RecordTags.DOMAINS, unit.domains().stream().flatMapToLong(RecordWriter::row).toArray());
        tags.put(RecordTags.COUNTS, unit.counts().stream().mapToLong(Long::longValue).toArray());
        if (version < RecordTags.WITH_HANDOVERS) {
            return new HandoverRecord(RecordTags.SCHEMA, version, tags, Set.of(RecordTags.COUNTS));
        }
        tags.put(RecordTags.HANDOVERS, new long[] {unit.handovers()});
        return new HandoverRecord(RecordTags.SCHEMA, version, tags, Set.of(RecordTags.COUNTS, RecordTags.HANDOVERS));
    }

    private static long[] numbers(List<Integer> numbers) {
        return numbers.stream().mapToLong(Integer::longValue).toArray();
    }

    private static LongStream row(UnitRecord.DomainRow row) {
        long bits = (row.form().marksWrites() ? RecordTags.CAN_MARK : 0) | (row.tracking() ? RecordTags.MARKS : 0)
                | (row.form().flushed() ? RecordTags.FLUSHED : 0);
        return LongStream.of(row.id(), row.root(), row.form().stage1() ? RecordTags.STAGE1 : RecordTags.STAGE2,
                row.form().granuleLg2(), row.form().addressBits(), row.form().outputBits(), bits, row.tag(),
                row.home() ? 1 : 0);
    }
}
