package org.iommu4j.replay.command;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** One vendor's replay of the demo, on a thread of its own; told in a few lines. */
final class DemoPart {
    private static final int WIDTH = 96;
    private static final double MILLION = 1e6;

    private final BiFunction<String[], PrintStream, Integer> replay;
    private final String vendor;
    private final String machine;
    private final Path sample;
    private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
    private CompletableFuture<Integer> code;

    DemoPart(BiFunction<String[], PrintStream, Integer> replay, String vendor, String machine, Path sample) {
        this.replay = replay;
        this.vendor = vendor;
        this.machine = machine;
        this.sample = sample;
    }

    void start() {
        String[] words = {sample.toString(), "--machine", machine, "--swap-at", "33,66", "--walk", "--json",
            "--no-progress"};
        code = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try (PrintStream out = new PrintStream(answer, false, StandardCharsets.UTF_8)) {
                code.complete(replay.apply(words, out));
            } catch (RuntimeException | Error e) {
                code.completeExceptionally(e);
            }
        }, "demo-" + machine);
        thread.start();
    }

    /** Waits for the end and tells what came of it. @return the replay's exit code */
    int finish(PrintStream out) {
        int result = code.join();
        String text = answer.toString(StandardCharsets.UTF_8);
        if (!text.startsWith("{")) {
            out.println(vendor + ": " + text.strip());
            return result;
        }
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            print(reader.readObject(), out);
        }
        return result;
    }

    private void print(JsonObject report, PrintStream out) {
        out.printf("%s: %s on machine %s, %,d maps and %,d unmaps%n", vendor, sample.getFileName(), machine,
                report.getInt("maps"), report.getInt("unmaps"));
        out.printf("  %,d translations, %.3f table entries fetched for one; found in: %s%n",
                report.getJsonNumber("translations").longValue(),
                report.getJsonNumber("memoryReferencesPerTranslation").doubleValue(), caches(report));
        out.printf("  invalidations: %s; the recorded kernel's: %s%n", numbers(report.getJsonObject("invalidations")),
                numbers(report.getJsonObject("invalidationsOfTrace")));
        for (JsonObject swap : report.getJsonArray("swaps").getValuesAs(JsonObject.class)) {
            out.printf("  swapped %s -> %s by %s in %.0f ms; meanwhile %,d translations, %d lost, %d wrong%n",
                    swap.getString("from"), version(swap.getString("to")), swap.getString("method"),
                    swap.getJsonNumber("totalNanos").longValue() / MILLION, swap.getInt("dmaDuring"),
                    swap.getInt("lost"), swap.getInt("wrong"));
        }
        out.printf("  DMA: %,d transactions as they had to be, %d lost, %d wrong, %d paused%n",
                report.getJsonNumber("dmaRight").longValue(), report.getInt("dmaLost"), report.getInt("dmaWrong"),
                report.getInt("dmaPaused"));
        out.println("  the tables of a page that is mapped at the end:");
        for (JsonObject step : report.getJsonArray("walk").getValuesAs(JsonObject.class)) {
            out.printf("    %s at %s%n      %s%n", step.getString("name"), step.getString("pa"),
                    fields(step.getJsonArray("fields")));
        }
    }

    private static String caches(JsonObject report) {
        JsonObject misses = report.getJsonObject("cacheMisses");
        StringJoiner joined = new StringJoiner(", ");
        report.getJsonObject("cacheHits").forEach((cache, value) -> {
            double hits = ((JsonNumber) value).doubleValue();
            double all = hits + misses.getJsonNumber(cache).doubleValue();
            if (all > 0) {
                joined.add(String.format("%s %.1f %%", cache, 100 * hits / all));
            }
        });
        return joined.toString();
    }

    private static String numbers(JsonObject counts) {
        return counts.entrySet().stream().map(DemoPart::number).collect(Collectors.joining(", "));
    }

    private static String number(Map.Entry<String, JsonValue> count) {
        return String.format("%s %,d", count.getKey(), ((JsonNumber) count.getValue()).longValue());
    }

    /** The version alone: the bundle stays the same. */
    private static String version(String bundle) {
        return bundle.substring(bundle.indexOf(' ') + 1);
    }

    /** As many of an entry's fields as one line holds. */
    private static String fields(JsonArray fields) {
        String line = fields.getValuesAs(JsonString::getString).stream().collect(Collectors.joining(" "));
        return line.length() <= WIDTH ? line : line.substring(0, line.lastIndexOf(' ', WIDTH)) + " ...";
    }
}
