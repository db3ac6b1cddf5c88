package org.iommu4j.shell.answer;

import jakarta.json.Json;
import jakarta.json.JsonValue;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.Map;
import java.util.Objects;

/**
 * What a command found out.
 *
 * @param text for people; lines without a last line end
 * @param json the same and more for programs
 */
public record Answer(String text, JsonValue json) {
    public Answer {
        Objects.requireNonNull(text);
        Objects.requireNonNull(json);
    }

    /** @param value see {@link JsonForm#of} */
    public static Answer of(String text, Object value) {
        return new Answer(text, JsonForm.of(value));
    }

    /** The JSON form, indented. */
    public String jsonText() {
        StringWriter text = new StringWriter();
        try (JsonWriter writer = Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true))
                .createWriter(text)) {
            writer.write(json);
        }
        return text.toString().strip();
    }
}
