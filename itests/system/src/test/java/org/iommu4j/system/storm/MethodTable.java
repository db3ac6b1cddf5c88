package org.iommu4j.system.storm;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.system.rig.Definitions.Mode;

/**
 * By which method a requester goes from a domain of one kind to one of another that it was not in before: what {@code
 * docs/attach-methods.md} says, as data for each mode. The file beside this class, {@code methods.json}, has one table
 * for modes that do the same.
 */
final class MethodTable {
    private final JsonObject rows;

    private MethodTable(JsonObject rows) {
        this.rows = rows;
    }

    /** @throws AssertionError if there is no table for a mode, or there are several */
    static MethodTable of(Mode mode) {
        try (InputStream stream = MethodTable.class.getResourceAsStream("methods.json");
                JsonReader reader = Json.createReader(stream)) {
            List<JsonObject> fitting = reader.readArray().getValuesAs(JsonObject.class).stream()
                    .filter(table -> table.getJsonArray("modes").getValuesAs(JsonString::getString)
                            .contains(mode.name())).toList();
            if (fitting.size() != 1) {
                throw new AssertionError(fitting.size() + " tables of methods for " + mode);
            }
            return new MethodTable(fitting.get(0).getJsonObject("from"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True if the table knows a kind of domain. */
    boolean has(String kind) {
        return rows.containsKey(kind);
    }

    AttachMethod method(String from, String to) {
        return AttachMethod.valueOf(rows.getJsonObject(from).getString(to));
    }
}
