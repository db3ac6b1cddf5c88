package org.iommu4j.vtd.handover;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.record.RecordWords;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.queues.QueuePlace;

/** Reads a record, as far as it can be judged by itself. All its errors are BAD_INPUT and name the tag. */
public final class RecordReader {
    private static final int QUEUE_WORDS = 4;
    private static final int ROOT_WORDS = 2;
    private static final int INTERRUPT_WORDS = 2;

    private final RecordWords record;

    private RecordReader(RecordWords record) {
        this.record = record;
    }

    /**
     * @param version of the reader: which tags it knows
     * @throws IommuException BAD_INPUT
     */
    public static UnitRecord read(HandoverRecord record, int version) {
        return new RecordReader(new RecordWords(record, RecordTags.SCHEMA, version,
                tag -> RecordTags.isKnown(tag, version))).read(version);
    }

    private UnitRecord read(int version) {
        long[] queue = record.words(RecordTags.QUEUE, QUEUE_WORDS);
        long[] root = record.words(RecordTags.ROOT, ROOT_WORDS);
        long[] interrupt = record.words(RecordTags.INTERRUPT, INTERRUPT_WORDS);
        return new UnitRecord(
                new QueuePlace(queue[0], RecordWords.bit(RecordTags.QUEUE, queue[1]), queue[2], queue[3]),
                new UnitRecord.Root(root[0], RecordWords.bit(RecordTags.ROOT, root[1])),
                new MsiMessage(interrupt[0], RecordWords.narrow(RecordTags.INTERRUPT, interrupt[1])),
                ids(), domains(), counts(), handovers(version));
    }

    private List<Integer> ids() {
        List<Integer> ids = new ArrayList<>();
        for (long word : record.words(RecordTags.IDS, RecordWords.ANY)) {
            ids.add(RecordWords.narrow(RecordTags.IDS, word));
        }
        return ids;
    }

    private List<UnitRecord.DomainRow> domains() {
        long[] words = record.rows(RecordTags.DOMAINS, RecordTags.DOMAIN_WORDS);
        boolean told = record.has(RecordTags.FORMS);
        Map<Long, RecordForm> forms =
                told ? RecordForm.read(record.words(RecordTags.FORMS, RecordWords.ANY)) : new TreeMap<>();
        List<UnitRecord.DomainRow> rows = new ArrayList<>();
        for (int at = 0; at < words.length; at += RecordTags.DOMAIN_WORDS) {
            RecordForm form = forms.remove(words[at]);
            rows.add(domain(Arrays.copyOfRange(words, at, at + RecordTags.DOMAIN_WORDS),
                    form == null ? RecordForm.PLAIN : form));
        }
        if (!forms.isEmpty()) {
            throw RecordWords.bad(RecordTags.FORMS, "names domains that are not there: " + forms.keySet());
        }
        return rows;
    }

    private UnitRecord.DomainRow domain(long[] words, RecordForm kind) {
        String tag = RecordTags.DOMAINS;
        DomainForm form = new DomainForm(kind.firstStage(), RecordWords.narrow(tag, words[2]), words[3],
                RecordWords.narrow(tag, words[4]), RecordWords.narrow(tag, words[5]), kind.marksWrites(),
                kind.flushed());
        try {
            form.format();
        } catch (IommuException e) {
            throw new IommuException(Reason.BAD_INPUT, "record tag " + tag + ", domain " + words[0] + ": "
                    + e.getMessage(), e);
        }
        return new UnitRecord.DomainRow(words[0], words[1], form, RecordWords.narrow(tag, words[6]),
                RecordWords.bit(tag, words[7]), kind.tracking());
    }

    private List<Long> counts() {
        boolean told = record.has(RecordTags.COUNTS);
        return told ? Arrays.stream(record.words(RecordTags.COUNTS, RecordWords.ANY)).boxed().toList() : List.of();
    }

    private long handovers(int version) {
        String tag = RecordTags.HANDOVERS;
        return RecordTags.isKnown(tag, version) && record.has(tag) ? record.words(tag, 1)[0] : 0;
    }
}
