package org.iommu4j.amdvi.handover;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.api.driver.HandoverRecord;

/** Makes the record of a unit. */
public final class RecordWriter {
    private RecordWriter() {
    }

    /** @param version of the schema */
    public static HandoverRecord write(UnitRecord unit, int version) {
        Map<String, long[]> tags = new TreeMap<>();
        tags.put(RecordTags.COMMANDS,
                new long[] {unit.commands().base(), unit.commands().tail(), unit.commands().stores()});
        tags.put(RecordTags.EVENTS, new long[] {unit.eventRing()});
        tags.put(RecordTags.TABLE, new long[] {unit.deviceTable()});
        tags.put(RecordTags.INTERRUPT, new long[] {unit.interrupt().address(), unit.interrupt().data()});
        tags.put(RecordTags.IDS, unit.ids().stream().mapToLong(Integer::longValue).toArray());
        tags.put(RecordTags.DOMAINS,
                unit.domains().stream().flatMapToLong(row -> Arrays.stream(words(row))).toArray());
        tags.put(RecordTags.COUNTS, unit.counts().stream().mapToLong(Long::longValue).toArray());
        tags.put(RecordTags.HANDOVERS, new long[] {unit.handovers()});
        return new HandoverRecord(RecordTags.SCHEMA, version, tags, RecordTags.OPTIONAL);
    }

    private static long[] words(UnitRecord.DomainRow row) {
        DomainForm form = row.form();
        int bits = (row.home() ? RecordTags.HOME : 0) | (form.marksWrites() ? RecordTags.CAN_MARK : 0)
                | (row.tracking() ? RecordTags.MARKS : 0);
        return new long[] {row.id(), row.root(), form.guest() ? RecordTags.GUEST : RecordTags.HOST, form.levels(),
            form.mostLevels(), form.pageSizes(), form.outputBits(), row.domainId(), bits};
    }
}
