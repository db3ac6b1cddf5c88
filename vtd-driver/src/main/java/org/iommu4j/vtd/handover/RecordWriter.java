package org.iommu4j.vtd.handover;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.vtd.queues.QueuePlace;

/** Makes the record of a unit. */
public final class RecordWriter {
    private RecordWriter() {
    }

    /** @param version which tags it has */
    public static HandoverRecord write(UnitRecord unit, int version) {
        QueuePlace queue = unit.queue();
        Map<String, long[]> tags = new TreeMap<>();
        tags.put(RecordTags.QUEUE, new long[] {queue.base(), bit(queue.wide()), queue.tail(), queue.status()});
        tags.put(RecordTags.ROOT, new long[] {unit.root().table(), bit(unit.root().scalable())});
        tags.put(RecordTags.INTERRUPT, new long[] {unit.interrupt().address(), unit.interrupt().data()});
        tags.put(RecordTags.IDS, unit.ids().stream().mapToLong(Integer::longValue).toArray());
        tags.put(RecordTags.DOMAINS, domains(unit));
        if (unit.domains().stream().anyMatch(row -> !RecordForm.isPlain(row))) {
            tags.put(RecordTags.FORMS, unit.domains().stream().filter(row -> !RecordForm.isPlain(row))
                    .flatMapToLong(row -> Arrays.stream(RecordForm.words(row))).toArray());
        }
        tags.put(RecordTags.COUNTS, unit.counts().stream().mapToLong(Long::longValue).toArray());
        if (version < RecordTags.WITH_HANDOVERS) {
            return new HandoverRecord(RecordTags.SCHEMA, version, tags, Set.of(RecordTags.COUNTS));
        }
        tags.put(RecordTags.HANDOVERS, new long[] {unit.handovers()});
        return new HandoverRecord(RecordTags.SCHEMA, version, tags, Set.of(RecordTags.COUNTS, RecordTags.HANDOVERS));
    }

    private static long[] domains(UnitRecord unit) {
        long[] words = new long[unit.domains().size() * RecordTags.DOMAIN_WORDS];
        int at = 0;
        for (UnitRecord.DomainRow row : unit.domains()) {
            words[at++] = row.id();
            words[at++] = row.root();
            words[at++] = row.form().levels();
            words[at++] = row.form().pageSizes();
            words[at++] = row.form().addressBits();
            words[at++] = row.form().outputBits();
            words[at++] = row.domainId();
            words[at++] = bit(row.home());
        }
        return words;
    }

    private static long bit(boolean value) {
        return value ? 1 : 0;
    }
}
