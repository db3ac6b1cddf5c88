package org.iommu4j.smmuv3.handover;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.record.RecordWords;
import org.iommu4j.smmuv3.domain.DomainForm;

/** Reads a record, as far as it can be judged by itself. All its errors are BAD_INPUT and name the tag. */
public final class RecordReader {
    private static final int COMMAND_WORDS = 4;
    private static final int EVENT_WORDS = 2;
    private static final int TABLE_WORDS = 3;
    private static final int INTERRUPT_WORDS = 4;
    private static final int ALL_BITS = RecordTags.CAN_MARK | RecordTags.MARKS | RecordTags.FLUSHED;

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
        long[] commands = record.words(RecordTags.COMMANDS, COMMAND_WORDS);
        long[] events = record.words(RecordTags.EVENTS, EVENT_WORDS);
        long[] table = record.words(RecordTags.TABLE, TABLE_WORDS);
        long[] interrupts = record.words(RecordTags.INTERRUPTS, INTERRUPT_WORDS);
        return new UnitRecord(
                new UnitRecord.Commands(commands[0], small(RecordTags.COMMANDS, commands[1]), commands[2], commands[3]),
                new UnitRecord.Events(events[0], small(RecordTags.EVENTS, events[1])),
                new UnitRecord.Table(table[0], small(RecordTags.TABLE, table[1]), small(RecordTags.TABLE, table[2])),
                new UnitRecord.Interrupts(message(interrupts[0], interrupts[1]), message(interrupts[2], interrupts[3])),
                numbers(RecordTags.ASIDS), numbers(RecordTags.VMIDS), domains(), counts(), handovers(version));
    }

    private static int small(String tag, long word) {
        return RecordWords.narrow(tag, word);
    }

    private static MsiMessage message(long address, long data) {
        return new MsiMessage(address, RecordWords.narrow(RecordTags.INTERRUPTS, data));
    }

    private List<Integer> numbers(String tag) {
        List<Integer> numbers = new ArrayList<>();
        for (long word : record.words(tag, RecordWords.ANY)) {
            numbers.add(small(tag, word));
        }
        return numbers;
    }

    private List<UnitRecord.DomainRow> domains() {
        long[] words = record.rows(RecordTags.DOMAINS, RecordTags.DOMAIN_WORDS);
        List<UnitRecord.DomainRow> rows = new ArrayList<>();
        for (int at = 0; at < words.length; at += RecordTags.DOMAIN_WORDS) {
            rows.add(domain(Arrays.copyOfRange(words, at, at + RecordTags.DOMAIN_WORDS)));
        }
        return rows;
    }

    private static UnitRecord.DomainRow domain(long[] words) {
        String tag = RecordTags.DOMAINS;
        boolean stage1 = words[2] == RecordTags.STAGE1;
        boolean canMark = (words[6] & RecordTags.CAN_MARK) != 0;
        boolean marks = (words[6] & RecordTags.MARKS) != 0;
        if (!stage1 && words[2] != RecordTags.STAGE2 || (words[6] & ~ALL_BITS) != 0 || !stage1 && canMark
                || marks && !canMark) {
            throw RecordWords.bad(tag,
                    String.format("has domain %d of stage %d with bits %#x", words[0], words[2], words[6]));
        }
        DomainForm form = new DomainForm(stage1, small(tag, words[3]), small(tag, words[4]), small(tag, words[5]),
                canMark, (words[6] & RecordTags.FLUSHED) != 0);
        try {
            form.format();
        } catch (IommuException e) {
            throw new IommuException(Reason.BAD_INPUT, "record tag " + tag + ", domain " + words[0] + ": "
                    + e.getMessage(), e);
        }
        return new UnitRecord.DomainRow(words[0], words[1], form, small(tag, words[7]),
                RecordWords.bit(tag, words[8]), marks);
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
