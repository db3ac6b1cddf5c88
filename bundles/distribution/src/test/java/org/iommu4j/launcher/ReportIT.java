package org.iommu4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.launcher.ContainerCopy.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code replay --report} leaves behind, made by the whole container from its own sample. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ReportIT {
    @TempDir
    Path scratch;
    private Path report;
    private ContainerCopy container;

    @BeforeEach
    void copy() throws IOException {
        container = ContainerCopy.whole(scratch, scratch.resolve("container"));
        report = scratch.resolve("report");
    }

    @Test
    void thePageIsSelfContainedAndItsNumbersAgree() throws Exception {
        Result result = replay("--swap-at", "50", "--report", report.toString());
        assertEquals(0, result.code(), result.out() + result.err());

        String page = Files.readString(report.resolve("index.html"));
        for (String outside : List.of("src=", "href=", "@import", "url(", "{{")) {
            assertFalse(page.replaceFirst("(?s)<script>.*?</script>", "").contains(outside), outside);
        }
        JsonObject json = parse(Files.readString(report.resolve("report.json")));
        assertTrue(page.contains(Files.readString(report.resolve("report.json")).replace("</script", "<\\/script")));
        JsonObject timeline = json.getJsonObject("timeline");
        assertEquals(json.getInt("maps"), last(timeline.getJsonArray("maps")));
        assertEquals(json.getInt("unmaps"), last(timeline.getJsonArray("unmaps")));
        assertEquals(json.getInt("livePages"), last(timeline.getJsonArray("livePages")));
        assertEquals(json.getJsonNumber("maps").longValue(), total(json.getJsonObject("mapsBySize")));
        assertEquals(json.getInt("livePages"), json.getJsonArray("iovaSpaces").getValuesAs(JsonObject.class).stream()
                .flatMap(space -> space.getJsonArray("atEnd").getValuesAs(JsonNumber.class).stream())
                .mapToLong(JsonNumber::longValue).sum());
        JsonObject swap = json.getJsonArray("swaps").getJsonObject(0);
        assertTrue(swap.getJsonNumber("startNanos").longValue() < swap.getJsonNumber("endNanos").longValue());
    }

    @Test
    void standardOutputHoldsTheJsonAloneAndProgressGoesToStandardError() throws Exception {
        Result result = replay("--json", "--progress", "--mode", "passthrough");

        assertEquals("passthrough", parse(result.out()).getString("mode"));
        assertTrue(result.err().isEmpty() || result.err().contains(" of 13,306 events, "), result.err());
    }

    private Result replay(String... options) throws Exception {
        String[] words = new String[options.length + 2];
        words[0] = "replay";
        words[1] = container.sample("nvme-boot.trace.zst").toString();
        System.arraycopy(options, 0, words, 2, options.length);
        return container.run(words);
    }

    private static long last(JsonArray column) {
        return column.getJsonNumber(column.size() - 1).longValue();
    }

    private static long total(JsonObject counts) {
        return counts.values().stream().map(JsonNumber.class::cast).mapToLong(JsonNumber::longValue).sum();
    }

    private static JsonObject parse(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }
}
