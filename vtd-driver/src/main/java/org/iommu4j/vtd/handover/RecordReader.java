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
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.queues.QueuePlace;

/** Reads a record, as far as it can be judged by itself. All its errors are BAD_INPUT and name the tag. */
public final class RecordReader {
    private static final int QUEUE_WORDS = 4;
    private static final int ROOT_WORDS = 2;
    private static final int INTERRUPT_WORDS = 2;
    private static final int ANY = -1;

    private final HandoverRecord record;

    private RecordReader(HandoverRecord record) {
        this.record = record;
    }

    /**
     * @param version of the reader: which tags it knows
     * @throws IommuException BAD_INPUT
     */
    public static UnitRecord read(HandoverRecord record, int version) {
        return new RecordReader(record).read(version);
    }

    private UnitRecord read(int version) {
        if (!record.schema().equals(RecordTags.SCHEMA)) {
            throw IommuException.of(Reason.BAD_INPUT, "record of schema '%s'; this driver reads '%s'",
                    record.schema(), RecordTags.SCHEMA);
        }
        for (String tag : record.tags().keySet()) {
            if (!RecordTags.isKnown(tag, version) && !record.optional().contains(tag)) {
                throw bad(tag, "is required and unknown to version " + version);
            }
        }
        long[] queue = words(RecordTags.QUEUE, QUEUE_WORDS);
        long[] root = words(RecordTags.ROOT, ROOT_WORDS);
        long[] interrupt = words(RecordTags.INTERRUPT, INTERRUPT_WORDS);
        return new UnitRecord(
                new QueuePlace(queue[0], bit(RecordTags.QUEUE, queue[1]), queue[2], queue[3]),
                new UnitRecord.Root(root[0], bit(RecordTags.ROOT, root[1])),
                new MsiMessage(interrupt[0], narrow(RecordTags.INTERRUPT, interrupt[1])),
                ids(), domains(), counts(), handovers(version));
    }

    private List<Integer> ids() {
        List<Integer> ids = new ArrayList<>();
        for (long word : words(RecordTags.IDS, ANY)) {
            ids.add(narrow(RecordTags.IDS, word));
        }
        return ids;
    }

    private List<UnitRecord.DomainRow> domains() {
        long[] words = words(RecordTags.DOMAINS, ANY);
        if (words.length % RecordTags.DOMAIN_WORDS != 0) {
            throw bad(RecordTags.DOMAINS, "has " + words.length + " words, no multiple of " + RecordTags.DOMAIN_WORDS);
        }
        boolean told = record.tags().containsKey(RecordTags.FORMS);
        Map<Long, RecordForm> forms = told ? RecordForm.read(words(RecordTags.FORMS, ANY)) : new TreeMap<>();
        List<UnitRecord.DomainRow> rows = new ArrayList<>();
        for (int at = 0; at < words.length; at += RecordTags.DOMAIN_WORDS) {
            RecordForm form = forms.remove(words[at]);
            rows.add(domain(Arrays.copyOfRange(words, at, at + RecordTags.DOMAIN_WORDS),
                    form == null ? RecordForm.PLAIN : form));
        }
        if (!forms.isEmpty()) {
            throw bad(RecordTags.FORMS, "names domains that are not there: " + forms.keySet());
        }
        return rows;
    }

    private UnitRecord.DomainRow domain(long[] words, RecordForm kind) {
        String tag = RecordTags.DOMAINS;
        DomainForm form = new DomainForm(kind.firstStage(), narrow(tag, words[2]), words[3], narrow(tag, words[4]),
                narrow(tag, words[5]), kind.marksWrites(), kind.flushed());
        try {
            form.format();
        } catch (IommuException e) {
            throw new IommuException(Reason.BAD_INPUT, "record tag " + tag + ", domain " + words[0] + ": "
                    + e.getMessage(), e);
        }
        return new UnitRecord.DomainRow(words[0], words[1], form, narrow(tag, words[6]), bit(tag, words[7]),
                kind.tracking());
    }

    private List<Long> counts() {
        boolean told = record.tags().containsKey(RecordTags.COUNTS);
        return told ? Arrays.stream(words(RecordTags.COUNTS, ANY)).boxed().toList() : List.of();
    }

    private long handovers(int version) {
        String tag = RecordTags.HANDOVERS;
        return RecordTags.isKnown(tag, version) && record.tags().containsKey(tag) ? words(tag, 1)[0] : 0;
    }

    private long[] words(String tag, int count) {
        long[] words = record.tags().get(tag);
        if (words == null) {
            throw bad(tag, "is missing");
        }
        if (count != ANY && words.length != count) {
            throw bad(tag, "has " + words.length + " words instead of " + count);
        }
        return words;
    }

    private static boolean bit(String tag, long word) {
        if (word != 0 && word != 1) {
            throw bad(tag, String.format("has %#x where 0 or 1 must stand", word));
        }
        return word == 1;
    }

    private static int narrow(String tag, long word) {
        if ((int) word != word) {
            throw bad(tag, String.format("has %#x where a small number must stand", word));
        }
        return (int) word;
    }

    static IommuException bad(String tag, String problem) {
        return new IommuException(Reason.BAD_INPUT, "record tag " + tag + " " + problem);
    }
}
