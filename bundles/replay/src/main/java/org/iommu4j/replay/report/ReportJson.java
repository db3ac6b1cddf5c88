package org.iommu4j.replay.report;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonStructure;
import jakarta.json.JsonWriter;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.Locale;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Staleness;
import org.iommu4j.replay.play.SwapRow;

/** The report as JSON. Its names are an interface: they are only ever added to. */
public final class ReportJson {
    private ReportJson() {
    }

    /** One object, indented. */
    public static String of(ReplayReport report) {
        return indented(summary(report).build());
    }

    /** An array with one object a report, indented. */
    public static String of(List<ReplayReport> reports) {
        JsonArrayBuilder rows = Json.createArrayBuilder();
        reports.forEach(report -> rows.add(summary(report)));
        return indented(rows.build());
    }

    private static String indented(JsonStructure json) {
        StringWriter text = new StringWriter();
        try (JsonWriter writer =
                Json.createWriterFactory(Map.of(JsonGenerator.PRETTY_PRINTING, true)).createWriter(text)) {
            writer.write(json);
        }
        return text.toString().strip();
    }

    /** The same with all that has many numbers, in one line: the timeline, address spaces, sizes. */
    public static String inFull(ReplayReport report) {
        MapSizes sizes = MapSizes.of(report.plan());
        JsonObjectBuilder timeline = Json.createObjectBuilder();
        report.outcome().timeline().columns().forEach((name, values) -> timeline.add(name, array(values)));
        return summary(report).add("seconds", report.outcome().nanos() / 1e9)
                .add("firstFault", report.outcome().verdict().first() == null ? "" : report.outcome().verdict().first())
                .add("clean", report.exitCode() == 0)
                .add("timeline", timeline).add("iovaSpaces", spaces(report))
                .add("mapsBySize", bySize(sizes.maps())).add("leavesByPageSize", bySize(sizes.leaves()))
                .build().toString();
    }

    private static JsonArrayBuilder spaces(ReplayReport report) {
        JsonArrayBuilder rows = Json.createArrayBuilder();
        for (IovaSpace space : IovaSpace.of(report.plan())) {
            rows.add(Json.createObjectBuilder().add("domain", space.domain())
                    .add("lowest", "0x" + Long.toHexString(space.lowest())).add("cellBytes", space.cellBytes())
                    .add("fullest", array(space.fullest())).add("atEnd", array(space.atEnd()))
                    .add("peakPages", space.peakPages()));
        }
        return rows;
    }

    private static JsonObjectBuilder bySize(SortedMap<Integer, Long> counts) {
        JsonObjectBuilder json = Json.createObjectBuilder();
        counts.forEach((lg2, count) -> json.add(MapSizes.name(lg2), count));
        return json;
    }

    private static JsonArrayBuilder array(long[] values) {
        JsonArrayBuilder json = Json.createArrayBuilder();
        for (long value : values) {
            json.add(value);
        }
        return json;
    }

    private static JsonObjectBuilder summary(ReplayReport report) {
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
                .add("counted", outcome.isCounted()).add("probedMaps", outcome.coverage().maps())
                .add("probedUnmaps", outcome.coverage().unmaps())
                .add("notes", Json.createArrayBuilder(report.notes()))
                .add("walk", walk(report))
                .add("eventsPerSecond", outcome.eventsPerSecond()).add("swaps", swaps(outcome))
                .add("phaseNanos", numbers(report.phaseNanos()));
        addStaleness(json, outcome.staleness());
        return json;
    }

    private static JsonArrayBuilder walk(ReplayReport report) {
        JsonArrayBuilder steps = Json.createArrayBuilder();
        for (WalkStep step : report.walk()) {
            JsonArrayBuilder words = Json.createArrayBuilder();
            step.words().forEach(word -> words.add(String.format("0x%016x", word)));
            steps.add(Json.createObjectBuilder().add("name", step.name()).add("pa", "0x" + Long.toHexString(step.pa()))
                    .add("words", words).add("fields", Json.createArrayBuilder(step.fields())));
        }
        return steps;
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
                    .add("callWaitMaxNanos", row.report().callWaitMaxNanos())
                    .add("startNanos", row.startNanos()).add("endNanos", row.endNanos())
                    .add("dmaDuring", row.dmaDuring()).add("right", row.right())
                    .add("missesDuring", row.missesDuring()).add("lost", row.lost()).add("wrong", row.wrong()));
        }
        return rows;
    }
}
