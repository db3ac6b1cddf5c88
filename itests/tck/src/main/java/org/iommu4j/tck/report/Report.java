package org.iommu4j.tck.report;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.iommu4j.tck.kit.Outcome;
import org.iommu4j.tck.kit.Verdict;

/**
 * What came of a run.
 *
 * @param machine its kind or name
 * @param driver who was in charge
 * @param unit what its first unit can do, in the driver's words
 * @param outcomes one a law, in their order
 */
public record Report(String machine, String driver, String unit, List<Outcome> outcomes) {
    private static final long NANOS_A_MILLI = 1_000_000;

    public Report {
        outcomes = List.copyOf(outcomes);
    }

    /** True if no law failed, and every declared deviation showed. */
    public boolean isGood() {
        return outcomes.stream().allMatch(outcome -> outcome.verdict().isGood());
    }

    /** For people; without a last line end. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format("%s on %s: %s%n", driver, machine, unit));
        String room = "";
        for (Outcome outcome : outcomes) {
            if (!outcome.room().equals(room)) {
                room = outcome.room();
                text.append(String.format("%n%s%n", room));
            }
            text.append(String.format("  %-14s  %s%n", outcome.verdict().text(), outcome.law()));
            details(outcome, text);
        }
        return text.append(String.format("%n%s", summary())).toString();
    }

    private static void details(Outcome outcome, StringBuilder text) {
        switch (outcome.verdict()) {
            case PASSED -> { }
            case FAILED -> {
                detail(text, outcome.demands());
                detail(text, outcome.remark() + ": expected " + outcome.expected() + ", got " + outcome.got());
            }
            case NOT_APPLICABLE -> detail(text, outcome.remark());
            default -> detail(text, outcome.remark() + " (" + outcome.section() + ")");
        }
    }

    private static void detail(StringBuilder text, String line) {
        text.append(String.format("  %14s  %s%n", "", line));
    }

    private String summary() {
        Map<Verdict, Long> counts = counts();
        return outcomes.size() + " laws: " + counts.entrySet().stream()
                .map(each -> each.getValue() + " " + each.getKey().text()).collect(Collectors.joining(", "));
    }

    private Map<Verdict, Long> counts() {
        return outcomes.stream().collect(Collectors.groupingBy(Outcome::verdict, () -> new EnumMap<>(Verdict.class),
                Collectors.counting()));
    }

    /** For programs, indented. Its names are an interface: they are only ever added to. */
    public String json() {
        JsonObjectBuilder summary = Json.createObjectBuilder();
        for (Verdict verdict : Verdict.values()) {
            summary.add(verdict.text(), counts().getOrDefault(verdict, 0L));
        }
        JsonArrayBuilder laws = Json.createArrayBuilder();
        outcomes.forEach(outcome -> laws.add(row(outcome)));
        StringWriter text = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true)).createWriter(text)) {
            writer.write(Json.createObjectBuilder().add("machine", machine).add("driver", driver).add("unit", unit)
                    .add("good", isGood()).add("summary", summary).add("laws", laws).build());
        }
        return text.toString().strip();
    }

    private static JsonObjectBuilder row(Outcome outcome) {
        return Json.createObjectBuilder().add("law", outcome.law()).add("room", outcome.room())
                .add("demands", outcome.demands()).add("verdict", outcome.verdict().text())
                .add("remark", outcome.remark()).add("expected", outcome.expected()).add("got", outcome.got())
                .add("section", outcome.section()).add("millis", outcome.nanos() / NANOS_A_MILLI);
    }
}
