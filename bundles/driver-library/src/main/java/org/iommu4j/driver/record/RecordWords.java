package org.iommu4j.driver.record;

import java.util.function.Predicate;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;

/** The words of a record's tags, as far as they can be judged by themselves. Errors are BAD_INPUT and name the tag. */
public final class RecordWords {
    /** In place of a count: any. */
    public static final int ANY = -1;

    private final HandoverRecord record;

    /**
     * @param version of the reader
     * @param known the tags that the reader knows
     * @throws IommuException BAD_INPUT if the record has another schema, or a tag that is required and unknown
     */
    public RecordWords(HandoverRecord record, String schema, int version, Predicate<String> known) {
        this.record = record;
        if (!record.schema().equals(schema)) {
            throw IommuException.of(Reason.BAD_INPUT, "record of schema '%s'; this driver reads '%s'",
                    record.schema(), schema);
        }
        for (String tag : record.tags().keySet()) {
            if (!known.test(tag) && !record.optional().contains(tag)) {
                throw bad(tag, "is required and unknown to version " + version);
            }
        }
    }

    public boolean has(String tag) {
        return record.tags().containsKey(tag);
    }

    /** @param count of the words, or {@link #ANY} */
    public long[] words(String tag, int count) {
        long[] words = record.tags().get(tag);
        if (words == null) {
            throw bad(tag, "is missing");
        }
        if (count != ANY && words.length != count) {
            throw bad(tag, "has " + words.length + " words instead of " + count);
        }
        return words;
    }

    /** Words of rows. @param width of a row */
    public long[] rows(String tag, int width) {
        long[] words = words(tag, ANY);
        if (words.length % width != 0) {
            throw bad(tag, "has " + words.length + " words, no multiple of " + width);
        }
        return words;
    }

    public static boolean bit(String tag, long word) {
        if (word != 0 && word != 1) {
            throw bad(tag, String.format("has %#x where 0 or 1 must stand", word));
        }
        return word == 1;
    }

    public static int narrow(String tag, long word) {
        if ((int) word != word) {
            throw bad(tag, String.format("has %#x where a small number must stand", word));
        }
        return (int) word;
    }

    /** The error of a tag. */
    public static IommuException bad(String tag, String problem) {
        return new IommuException(Reason.BAD_INPUT, "record tag " + tag + " " + problem);
    }
}
