package org.iommu4j.tck.kit;

import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Where a kind of machine is known not to keep to the specification. The tables lie beside this class, one JSON file a
 * kind: {@code deviations} are laws that do not hold, {@code invisible} mistakes of a driver that such a machine does
 * not show. A machine without a file has none.
 */
public final class Deviations {
    /** No deviation at all. */
    public static final Deviations NONE = new Deviations(List.of(), List.of());

    private final List<Entry> deviations;
    private final List<Entry> invisible;

    /**
     * One row.
     *
     * @param subject name of the law, or of the mistake
     * @param shows a part of what is looked at, or got, when the law does not hold; empty for a mistake
     * @param reason what the machine does
     * @param section what it should do, by section of the specification
     * @param codes fault codes that it gives in the place of another, by that other
     */
    public record Entry(String subject, String shows, String reason, String section, Map<String, Set<String>> codes) {
        boolean describes(Outcome outcome) {
            return outcome.got().contains(shows) || outcome.remark().contains(shows);
        }
    }

    private Deviations(List<Entry> deviations, List<Entry> invisible) {
        this.deviations = List.copyOf(deviations);
        this.invisible = List.copyOf(invisible);
    }

    /** The table of a kind of machine. @throws IommuException BAD_INPUT if it is malformed */
    public static Deviations of(String kind) {
        String file = kind + ".json";
        try (InputStream stream = Deviations.class.getResourceAsStream(file)) {
            if (stream == null || kind.contains("/")) {
                return NONE;
            }
            try (JsonReader reader = Json.createReader(stream)) {
                JsonObject table = reader.readObject();
                return new Deviations(entries(table, "deviations", "law"), entries(table, "invisible", "mutant"));
            }
        } catch (IOException | JsonException | NullPointerException e) {
            throw new IommuException(Reason.BAD_INPUT, "deviation table " + file + ": " + e, e);
        }
    }

    private static List<Entry> entries(JsonObject table, String array, String subject) {
        return table.getJsonArray(array).getValuesAs(JsonObject.class).stream().map(row -> new Entry(
                row.getString(subject), row.getString("shows", ""), row.getString("reason"), row.getString("section"),
                codes(row.getJsonObject("codes")))).toList();
    }

    private static Map<String, Set<String>> codes(JsonObject rows) {
        Map<String, Set<String>> codes = new HashMap<>();
        if (rows != null) {
            rows.keySet().forEach(code -> codes.put(code,
                    Set.copyOf(rows.getJsonArray(code).getValuesAs(JsonString::getString))));
        }
        return codes;
    }

    /** What is declared of a law. */
    public Optional<Entry> entry(Law law) {
        return deviations.stream().filter(entry -> entry.subject().equals(law.name())).findFirst();
    }

    /** All laws that are declared not to hold. */
    public List<Entry> all() {
        return deviations;
    }

    /** True if a fault code is the one that is due, or declared to be given in its place. */
    public boolean agree(int due, int given) {
        return due == given || deviations.stream().anyMatch(entry -> entry.codes()
                .getOrDefault(hex(due), Set.of()).contains(hex(given)));
    }

    private static String hex(int code) {
        return "0x" + Integer.toHexString(code);
    }

    /** The mistakes of a driver that do not show. */
    public List<Entry> invisible() {
        return invisible;
    }
}
