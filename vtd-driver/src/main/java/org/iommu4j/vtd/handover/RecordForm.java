package org.iommu4j.vtd.handover;

import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.driver.record.RecordWords;
import org.iommu4j.vtd.domain.DomainForm;

/**
 * What the tag {@value RecordTags#FORMS} tells of one domain.
 *
 * @param firstStage else second stage
 * @param marksWrites hardware can be told to mark writes
 * @param tracking hardware is told to
 * @param flushed stores to its tables are flushed
 */
record RecordForm(boolean firstStage, boolean marksWrites, boolean tracking, boolean flushed) {
    /** Of a domain that the tag does not name. */
    static final RecordForm PLAIN = new RecordForm(false, false, false, false);

    private static RecordForm of(UnitRecord.DomainRow row) {
        DomainForm form = row.form();
        return new RecordForm(form.firstStage(), form.marksWrites(), row.tracking(), form.flushed());
    }

    static boolean isPlain(UnitRecord.DomainRow row) {
        return of(row).equals(PLAIN);
    }

    static long[] words(UnitRecord.DomainRow row) {
        RecordForm form = of(row);
        int bits = (form.marksWrites ? RecordTags.CAN_MARK : 0) | (form.tracking ? RecordTags.MARKS : 0)
                | (form.flushed ? RecordTags.FLUSHED : 0);
        return new long[] {row.id(), form.firstStage ? RecordTags.FIRST_STAGE : RecordTags.SECOND_STAGE, bits};
    }

    /** Forms by core's number of the domain. @throws org.iommu4j.api.IommuException BAD_INPUT */
    static Map<Long, RecordForm> read(long[] words) {
        if (words.length % RecordTags.FORM_WORDS != 0) {
            throw RecordWords.bad(RecordTags.FORMS,
                    "has " + words.length + " words, no multiple of " + RecordTags.FORM_WORDS);
        }
        Map<Long, RecordForm> forms = new TreeMap<>();
        for (int at = 0; at < words.length; at += RecordTags.FORM_WORDS) {
            if (forms.put(words[at], form(words[at + 1], words[at + 2])) != null) {
                throw RecordWords.bad(RecordTags.FORMS, "names domain " + words[at] + " twice");
            }
        }
        return forms;
    }

    private static RecordForm form(long stage, long bits) {
        boolean first = stage == RecordTags.FIRST_STAGE;
        boolean canMark = (bits & RecordTags.CAN_MARK) != 0;
        boolean marks = (bits & RecordTags.MARKS) != 0;
        boolean unknown = (bits & ~(RecordTags.CAN_MARK | RecordTags.MARKS | RecordTags.FLUSHED)) != 0;
        if (!first && stage != RecordTags.SECOND_STAGE || unknown || first && canMark || marks && !canMark) {
            throw RecordWords.bad(RecordTags.FORMS, String.format("has stage %d with bits %#x", stage, bits));
        }
        return new RecordForm(first, canMark, marks, (bits & RecordTags.FLUSHED) != 0);
    }
}
