package org.iommu4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.launcher.ContainerCopy.Result;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code replay --machine} takes beside the usual machine: all of them, and those that QEMU plays. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MachinesIT {
    private static final List<String> ALL = List.of("intel", "intel-first-stage", "intel-39", "intel-57",
            "intel-caching-mode", "intel-non-coherent", "intel-legacy", "arm", "amd");
    private static final String LINE = "          task-9       [000] .....     1.000000: ";
    private static final String QEMU = "qemu-system-x86_64";

    @TempDir
    Path scratch;
    private ContainerCopy container;
    private String small;

    @BeforeEach
    void layOut() throws IOException {
        container = ContainerCopy.whole(scratch, scratch.resolve("container"));
        small = Files.writeString(scratch.resolve("small.trace"), LINE
                + "map: IOMMU: iova=0x10000 paddr=0x200000 size=8192\n" + LINE
                + "map: IOMMU: iova=0x20000 paddr=0x202000 size=4096\n" + LINE
                + "unmap: IOMMU: iova=0x10000 size=8192 unmapped_size=8192\n").toString();
    }

    @Test
    void allMachinesPlayTheSameTraceAndAreCompared() throws Exception {
        Path report = scratch.resolve("report");
        Result text = container.run("replay", small, "--machine", "all", "--report", report.toString());
        assertEquals(0, text.code(), text.out() + text.err());
        List<String> rows = text.out().lines().toList();
        assertTrue(rows.get(0).startsWith("MACHINE ") && rows.get(0).endsWith("RESULT"), text.out());
        for (int i = 0; i < ALL.size(); i++) {
            assertTrue(rows.get(i + 1).startsWith(ALL.get(i) + " ") && rows.get(i + 1).endsWith(" 0      0  clean"),
                    rows.get(i + 1));
            JsonObject one = object(Files.readString(report.resolve(ALL.get(i)).resolve("report.json")));
            assertEquals(ALL.get(i), one.getString("machine"));
            assertTrue(Files.size(report.resolve(ALL.get(i)).resolve("index.html")) > 0);
        }

        Result json = container.run("replay", small, "--machine", "all", "--json");
        JsonArray all = array(json.out());
        assertEquals(ALL, all.getValuesAs(JsonObject.class).stream().map(each -> each.getString("machine")).toList());
        for (JsonObject each : all.getValuesAs(JsonObject.class)) {
            assertEquals(List.of(2, 1, 1), List.of(each.getInt("maps"), each.getInt("unmaps"),
                    each.getInt("livePages")));
        }
    }

    @Test
    void theSampleIsPlayedOnQemuWithTheSameJarsAndASwapUnderWay() throws Exception {
        Assumptions.assumeTrue(isOnPath(QEMU), "no " + QEMU + "; run .ci/install-qemu as root");
        Path report = scratch.resolve("report");
        Result result = container.run("replay", container.sample("nvme-boot.trace.zst").toString(), "--machine",
                "qemu-intel-scalable", "--probes", "300", "--swap-at", "50", "--json", "--report", report.toString());
        assertEquals(0, result.code(), result.out() + result.err());
        JsonObject json = object(result.out());
        assertEquals(List.of(8535, 4771, 6146), List.of(json.getInt("maps"), json.getInt("unmaps"),
                json.getInt("livePages")));
        assertEquals(0, json.getInt("dmaLost") + json.getInt("dmaWrong") + json.getInt("unfit"));
        assertFalse(json.getBoolean("counted"));
        assertTrue(json.getInt("probedMaps") > 100 && json.getInt("probedMaps") < 600, result.out());
        assertTrue(json.getInt("dmaRight") > 100 && json.getInt("probeFaults") > 50, result.out());
        assertEquals("adopt", json.getJsonArray("swaps").getJsonObject(0).getString("method"));
        assertTrue(json.getJsonArray("notes").toString().contains("edu"), result.out());
        assertTrue(Files.readString(report.resolve("report.txt")).contains("Proved by DMA"));
    }

    @Test
    void withoutQemuTheWayToGetItIsTold() throws Exception {
        Result result = container.runWithPath(Files.createDirectory(scratch.resolve("empty")), "replay", small,
                "--machine", "qemu-intel");
        assertEquals(1, result.code(), result.out() + result.err());
        assertTrue(result.out().contains("replay: machine replay-1 cannot be made: " + QEMU + " does not start"),
                result.out());
        assertTrue(result.out().contains("run .ci/install-qemu"), result.out());
    }

    @Test
    void whatMakesNoSenseOnQemuIsRefused() throws Exception {
        Result result = container.run("replay", small, "--machine", "qemu-intel", "--dma-threads", "2");
        assertEquals(1, result.code(), result.out());
        assertEquals("replay: --dma-threads 2: qemu-intel does DMA in QEMU's own thread", result.out().strip());
    }

    private static boolean isOnPath(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static JsonObject object(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    private static JsonArray array(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readArray();
        }
    }
}
