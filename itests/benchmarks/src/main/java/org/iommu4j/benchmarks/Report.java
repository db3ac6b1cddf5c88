package org.iommu4j.benchmarks;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.util.Statistics;

/**
 * What was measured, as multiples of the floor. Of many short iterations the best counts: whatever else the machine
 * does can only add to the others, whose mean is shown beside it.
 */
final class Report {
    private final Map<String, Statistics> results = new TreeMap<>();

    Report(Collection<RunResult> runs) {
        String ownPackage = Report.class.getPackageName() + ".";
        runs.forEach(run -> results.put(run.getParams().getBenchmark().replace(ownPackage, "")
                + run.getParams().getParamsKeys().stream().map(key -> ":" + run.getParams().getParam(key))
                .collect(Collectors.joining()), run.getPrimaryResult().getStatistics()));
    }

    void print(PrintStream out) {
        out.printf("%-52s %10s %10s %10s %8s%n", "nanoseconds", "best", "mean", "floor", "multiple");
        for (Row row : Row.ALL) {
            Statistics result = results.get(row.benchmark());
            if (result != null) {
                out.printf("%-52s %10.1f %10.1f %10.1f %8.1f%n", row.text(), result.getMin(), result.getMean(),
                        floor(row), result.getMin() / floor(row));
            }
        }
    }

    void write(Path file) throws IOException {
        JsonArrayBuilder rows = Json.createArrayBuilder();
        for (Row row : Row.ALL) {
            Statistics result = results.get(row.benchmark());
            if (result != null) {
                rows.add(Json.createObjectBuilder().add("row", row.text()).add("benchmark", row.benchmark())
                        .add("bestNanos", result.getMin()).add("meanNanos", result.getMean())
                        .add("floor", row.floor()).add("floorNanos", floor(row))
                        .add("multiple", result.getMin() / floor(row)));
            }
        }
        try (JsonWriter writer = Json.createWriter(Files.newBufferedWriter(file))) {
            writer.write(Json.createObjectBuilder().add("java", System.getProperty("java.version"))
                    .add("rows", rows).build());
        }
    }

    private double floor(Row row) {
        return results.get(row.floor()).getMin();
    }
}
