package org.iommu4j.amdvi.handover;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.queues.CommandPlace;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.driver.record.RecordWords;
import org.iommu4j.pagetable.amdv1.AmdV1;

/** Reads a record, as far as it can be judged by itself. All its errors are BAD_INPUT and name the tag. */
public final class RecordReader {
    private static final int COMMAND_WORDS = 3;
    private static final int INTERRUPT_WORDS = 2;

    private final RecordWords words;

    private RecordReader(RecordWords words) {
        this.words = words;
    }

    /**
     * @param version of the reader
     * @throws IommuException BAD_INPUT
     */
    public static UnitRecord read(HandoverRecord record, int version) {
        return new RecordReader(new RecordWords(record, RecordTags.SCHEMA, version, RecordTags::isKnown)).read();
    }

    private UnitRecord read() {
        long[] commands = words.words(RecordTags.COMMANDS, COMMAND_WORDS);
        long[] interrupt = words.words(RecordTags.INTERRUPT, INTERRUPT_WORDS);
        if (commands[1] < 0) {
            throw RecordWords.bad(RecordTags.COMMANDS, "says that " + commands[1] + " commands were sent");
        }
        return new UnitRecord(new CommandPlace(commands[0], commands[1], commands[2]),
                words.words(RecordTags.EVENTS, 1)[0], words.words(RecordTags.TABLE, 1)[0],
                new MsiMessage(interrupt[0], RecordWords.narrow(RecordTags.INTERRUPT, interrupt[1])), ids(), domains(),
                counts(), words.has(RecordTags.HANDOVERS) ? words.words(RecordTags.HANDOVERS, 1)[0] : 0);
    }

    private List<Integer> ids() {
        List<Integer> ids = new ArrayList<>();
        for (long word : words.words(RecordTags.IDS, RecordWords.ANY)) {
            ids.add(RecordWords.narrow(RecordTags.IDS, word));
        }
        return ids;
    }

    private List<Long> counts() {
        return words.has(RecordTags.COUNTS)
                ? Arrays.stream(words.words(RecordTags.COUNTS, RecordWords.ANY)).boxed().toList() : List.of();
    }

    private List<UnitRecord.DomainRow> domains() {
        long[] all = words.rows(RecordTags.DOMAINS, RecordTags.DOMAIN_WORDS);
        List<UnitRecord.DomainRow> rows = new ArrayList<>();
        for (int at = 0; at < all.length; at += RecordTags.DOMAIN_WORDS) {
            rows.add(domain(Arrays.copyOfRange(all, at, at + RecordTags.DOMAIN_WORDS)));
        }
        return rows;
    }

    private static UnitRecord.DomainRow domain(long[] row) {
        String tag = RecordTags.DOMAINS;
        boolean guest = row[2] == RecordTags.GUEST;
        boolean canMark = (row[8] & RecordTags.CAN_MARK) != 0;
        boolean marks = (row[8] & RecordTags.MARKS) != 0;
        boolean unknown = (row[8] & ~(RecordTags.HOME | RecordTags.CAN_MARK | RecordTags.MARKS)) != 0;
        if (!guest && row[2] != RecordTags.HOST || unknown || guest && canMark || marks && !canMark) {
            throw RecordWords.bad(tag, String.format("has kind %d with bits %#x", row[2], row[8]));
        }
        DomainForm form = new DomainForm(guest, RecordWords.narrow(tag, row[3]), RecordWords.narrow(tag, row[4]),
                row[5], RecordWords.narrow(tag, row[6]), canMark);
        checkForm(row[0], form);
        return new UnitRecord.DomainRow(row[0], row[1], form, RecordWords.narrow(tag, row[7]),
                (row[8] & RecordTags.HOME) != 0, marks);
    }

    private static void checkForm(long id, DomainForm form) {
        if (form.levels() > form.mostLevels() || form.guest() && form.levels() != form.mostLevels()
                || form.mostLevels() > AmdV1.MOST_LEVELS) {
            throw RecordWords.bad(RecordTags.DOMAINS, String.format("gives domain %d %d of at most %d levels", id,
                    form.levels(), form.mostLevels()));
        }
        try {
            form.format();
        } catch (IommuException e) {
            throw new IommuException(Reason.BAD_INPUT, "record tag " + RecordTags.DOMAINS + ", domain " + id + ": "
                    + e.getMessage(), e);
        }
    }
}
