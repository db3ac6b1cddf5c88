package org.iommu4j.driver.layout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * All fields of a register, entry or descriptor, in the order of words and bits.
 *
 * @param name as the specification calls it
 * @param words how many 64-bit words it has; words without a field are reserved
 */
public record Layout(String name, int words, List<Field> fields) {
    public Layout {
        fields = List.copyOf(fields);
    }

    public static Layout of(String name, int words, Field... fields) {
        return new Layout(name, words, List.of(fields));
    }

    /** {@code NAME=value} of each field, and {@code other=} with the bits that are in none, if there are any. */
    public List<String> decode(long... values) {
        List<String> text = new ArrayList<>();
        long[] rest = values.clone();
        for (Field field : fields) {
            text.add(field.text(values[field.word()]));
            rest[field.word()] &= ~field.mask();
        }
        for (int word = 0; word < rest.length; word++) {
            if (rest[word] != 0) {
                text.add(String.format("other[%d]=%#x", word, rest[word]));
            }
        }
        return text;
    }

    /**
     * The words that have these values in the named fields and 0 everywhere else.
     *
     * @throws IommuException BAD_INPUT if there is no field of a name, OVERFLOW if a value does not fit
     */
    public long[] encode(Map<String, Long> values) {
        long[] encoded = new long[words];
        values.forEach((field, value) -> {
            Field found = field(field);
            encoded[found.word()] |= found.with(value);
        });
        return encoded;
    }

    private Field field(String wanted) {
        for (Field field : fields) {
            if (field.name().equals(wanted)) {
                return field;
            }
        }
        throw IommuException.of(Reason.BAD_INPUT, "%s has no field %s", name, wanted);
    }
}
