package org.iommu4j.hwsim.definition;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A JSON object that knows where it stands. Every accessor checks what it reads; what it refuses is an
 * {@link IommuException} with {@link Reason#BAD_INPUT} that names file, field, value and limit. Immutable.
 *
 * <p>Numbers are JSON integers or strings, {@code 12} or {@code "0xfed90000"}, up to 64 bits.
 */
public final class DefinitionNode {
    private static final BigInteger WORDS = BigInteger.ONE.shiftLeft(Long.SIZE);

    private final String file;
    private final String path;
    private final JsonObject object;

    private DefinitionNode(String file, String path, JsonObject object) {
        this.file = file;
        this.path = path;
        this.object = object;
    }

    /**
     * Reads a text that holds one object.
     *
     * @param file for messages only
     */
    public static DefinitionNode parse(String file, String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return new DefinitionNode(file, "", reader.readObject());
        } catch (JsonException e) {
            throw new IommuException(Reason.BAD_INPUT, file + ": no JSON object: " + e.getMessage(), e);
        }
    }

    /** The file it was read from, as given to {@link #parse}. */
    public String file() {
        return file;
    }

    /** Refuses fields with other names: a misspelt one would be ignored in silence. */
    public void allow(Set<String> fields) {
        for (String field : object.keySet()) {
            if (!fields.contains(field)) {
                throw refuse(field, "is no field here; there are "
                        + String.join(", ", fields.stream().sorted().toList()));
            }
        }
    }

    public boolean has(String field) {
        return object.containsKey(field);
    }

    /** The names of all fields. */
    public Set<String> fields() {
        return object.keySet();
    }

    /** A string that must be there. */
    public String text(String field) {
        if (present(field) instanceof JsonString text) {
            return text.getString();
        }
        throw refuse(field, "is no string");
    }

    /** A string, or {@code otherwise} where the field is absent. */
    public String text(String field, String otherwise) {
        return has(field) ? text(field) : otherwise;
    }

    public boolean flag(String field, boolean otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        JsonValue value = present(field);
        if (value != JsonValue.TRUE && value != JsonValue.FALSE) {
            throw refuse(field, "is neither true nor false");
        }
        return value == JsonValue.TRUE;
    }

    /** A 64-bit value of any kind that must be there. */
    public long word(String field) {
        BigInteger value = integer(field);
        if (value.signum() < 0 || value.compareTo(WORDS) >= 0) {
            throw refuse(field, "is not within 64 bits");
        }
        return value.longValue();
    }

    /** A 64-bit value of any kind, or {@code otherwise} where the field is absent. */
    public long word(String field, long otherwise) {
        return has(field) ? word(field) : otherwise;
    }

    /** A number from {@code first} to {@code last}, both inclusive, that must be there. */
    public long number(String field, long first, long last) {
        BigInteger value = integer(field);
        if (value.compareTo(BigInteger.valueOf(first)) < 0 || value.compareTo(BigInteger.valueOf(last)) > 0) {
            throw refuse(field, String.format("is not within %d to %d (%#x to %#x)", first, last, first, last));
        }
        return value.longValue();
    }

    /** A number from {@code first} to {@code last}, or {@code otherwise} where the field is absent. */
    public long number(String field, long first, long last, long otherwise) {
        return has(field) ? number(field, first, last) : otherwise;
    }

    /** As {@link #number(String, long, long, long)}, for ranges of an {@code int}. */
    public int integer(String field, int first, int last, int otherwise) {
        return (int) number(field, first, last, otherwise);
    }

    /** An object; one without fields where the field is absent. */
    public DefinitionNode object(String field) {
        if (!has(field)) {
            return new DefinitionNode(file, at(field), JsonValue.EMPTY_JSON_OBJECT);
        }
        return node(present(field), at(field), field);
    }

    /** The objects of an array; none where the field is absent. */
    public List<DefinitionNode> objects(String field) {
        List<DefinitionNode> nodes = new ArrayList<>();
        if (!has(field)) {
            return nodes;
        }
        if (!(present(field) instanceof JsonArray array)) {
            throw refuse(field, "is no array");
        }
        for (int i = 0; i < array.size(); i++) {
            nodes.add(node(array.get(i), at(field) + "[" + i + "]", field));
        }
        return nodes;
    }

    /** The strings of an array; none where the field is absent. */
    public List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        if (!has(field)) {
            return texts;
        }
        if (!(present(field) instanceof JsonArray array)) {
            throw refuse(field, "is no array");
        }
        for (JsonValue value : array) {
            if (!(value instanceof JsonString text)) {
                throw refuse(field, "holds what is no string");
            }
            texts.add(text.getString());
        }
        return texts;
    }

    /** The refusal of a field's value: {@code file: path = value problem}. */
    public IommuException refuse(String field, String problem) {
        return IommuException.of(Reason.BAD_INPUT, "%s: %s = %s %s", file, at(field), object.get(field), problem);
    }

    /** The refusal of this object as a whole. */
    public IommuException refuse(String problem) {
        return IommuException.of(Reason.BAD_INPUT, "%s: %s %s", file, path.isEmpty() ? "the machine" : path, problem);
    }

    private DefinitionNode node(JsonValue value, String where, String field) {
        if (value instanceof JsonObject member) {
            return new DefinitionNode(file, where, member);
        }
        throw refuse(field, "is no object where one is due");
    }

    private BigInteger integer(String field) {
        JsonValue value = present(field);
        try {
            if (value instanceof JsonNumber number) {
                return number.bigIntegerValueExact();
            }
            if (value instanceof JsonString text) {
                String digits = text.getString();
                return digits.startsWith("0x") ? new BigInteger(digits.substring(2), 16) : new BigInteger(digits);
            }
        } catch (ArithmeticException | NumberFormatException e) {
            throw refuse(field, "is no whole number");
        }
        throw refuse(field, "is no number");
    }

    private JsonValue present(String field) {
        JsonValue value = object.get(field);
        if (value == null) {
            throw IommuException.of(Reason.BAD_INPUT, "%s: %s is missing", file, at(field));
        }
        return value;
    }

    private String at(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }
}
