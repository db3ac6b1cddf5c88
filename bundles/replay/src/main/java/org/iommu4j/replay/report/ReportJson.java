package org.iommu4j.replay.report;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Staleness;
import org.iommu4j.replay.play.SwapRow;

/** The report as JSON. Its names are an interface: they are only ever added to. */
public final class ReportJson {
    private ReportJson() {
    }

    /** One object, indented. */
    public static String of(ReplayReport report) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true)).createWriter(text)) {
            writer.writeObject(object(report));
        }
        return text.toString().strip();
    }

    static JsonObject object(ReplayReport report) {
        Outcome outcome = report.outcome();
        JsonObjectBuilder json = Json.createObjectBuilder();
        json.add("trace", report.plan().name()).add("machine", report.machine())
                .add("mode", report.settings().mode().name().toLowerCase(Locale.ROOT))
                .add("iova", report.settings().iovas().name().toLowerCase(Locale.ROOT))
                .add("lines", report.plan().counts().lines())
                .add("skipped", report.plan().counts().skippedLines())
                .add("unattributed", report.plan().counts().unattributed())
                .add("maps", outcome.maps()).add("unmaps", outcome.unmaps())
                .add("liveMappings", outcome.liveMappings()).add("livePages", outcome.livePages())
                .add("peakLivePages", outcome.peakLivePages())
                .add("livePagesByDevice", numbers(outcome.livePagesByDevice()))
                .add("translations", outcome.translations())
                .add("cacheHits", numbers(outcome.cacheHits())).add("cacheMisses", numbers(outcome.cacheMisses()))
                .add("memoryReferencesPerTranslation", outcome.memoryReferencesPerTranslation())
                .add("invalidations", numbers(outcome.invalidations()))
                .add("invalidationsOfTrace", numbers(report.invalidationsByTrace()))
                .add("faults", outcome.faults()).add("probeFaults", outcome.verdict().probeFaults())
                .add("dmaRight", outcome.verdict().right())
                .add("dmaLost", outcome.verdict().lost()).add("dmaWrong", outcome.verdict().wrong())
                .add("dmaPaused", outcome.dmaPaused()).add("unfit", outcome.unfit())
                .add("eventsPerSecond", outcome.eventsPerSecond()).add("swaps", swaps(outcome))
                .add("phaseNanos", numbers(report.phaseNanos()));
        addStaleness(json, outcome.staleness());
        return json.build();
    }

    private static void addStaleness(JsonObjectBuilder json, Staleness staleness) {
        json.add("staleAccesses", staleness.accesses()).add("staleMaxNanos", staleness.maxNanos())
                .add("forcedFlushes", staleness.forced()).add("flushes", numbers(staleness.flushes()));
    }

    private static JsonObjectBuilder numbers(Map<String, ? extends Number> values) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        values.forEach((name, value) -> json.add(name, value.longValue()));
        return json;
    }

    private static JsonArrayBuilder swaps(Outcome outcome) {
        JsonArrayBuilder rows = Json.createArrayBuilder();
        for (SwapRow row : outcome.swaps()) {
            rows.add(Json.createObjectBuilder().add("from", row.report().from()).add("to", row.report().to())
                    .add("method", row.report().method()).add("totalNanos", row.report().totalNanos())
                    .add("gateClosedNanos", row.report().gateClosedNanos())
                    .add("callWaitMaxNanos", row.report().callWaitMaxNanos()).add("dmaDuring", row.dmaDuring())
                    .add("missesDuring", row.missesDuring()).add("lost", row.lost()).add("wrong", row.wrong()));
        }
        return rows;
    }
}
