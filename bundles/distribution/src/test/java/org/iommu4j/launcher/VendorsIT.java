package org.iommu4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.iommu4j.launcher.ContainerCopy.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Three vendors in one container, as a user has them. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class VendorsIT {
    @TempDir
    Path scratch;
    private ContainerCopy container;

    @BeforeEach
    void layOut() throws IOException {
        container = ContainerCopy.whole(scratch, scratch.resolve("container"));
    }

    @Test
    void theDemoShowsAllThreeWithSwapsAndTables() throws Exception {
        Result result = container.run("demo");
        assertEquals(0, result.code(), result.out() + result.err());
        for (String told : List.of("Intel VT-d: nvme-boot", "Arm SMMUv3: smmuv3-boot", "AMD-Vi: amd-boot",
                "PASID entry at ", "STE at ", "    CD at ", "DTE at ", "nothing lost, nothing wrong")) {
            assertTrue(result.out().contains(told), "'" + told + "' is not in:\n" + result.out());
        }
        assertEquals(6, result.out().lines().filter(line -> line.startsWith("  swapped ")).count(), result.out());
    }

    @ParameterizedTest
    @CsvSource({"smmuv3-boot, arm, 4337, 2949", "amd-boot, amd, 5219, 2267", "nvme-boot, arm, 8535, 4771",
        "nvme-boot, amd, 8535, 4771", "smmuv3-boot, intel, 4337, 2949"})
    void aRecordingIsPlayedOnAnotherMachineWithASwap(String sample, String machine, int maps, int unmaps)
            throws Exception {
        JsonObject report = replay(sample, machine, "--swap-at", "50");
        assertEquals(List.of(maps, unmaps), List.of(report.getInt("maps"), report.getInt("unmaps")));
        assertEquals("adopt", report.getJsonArray("swaps").getJsonObject(0).getString("method"));
        assertTrue(report.getJsonArray("swaps").getJsonObject(0).getString("to").endsWith(" 1.1.0"));
    }

    @ParameterizedTest
    @CsvSource({"arm, lazy, trace", "arm, lazy, own", "arm, passthrough, trace", "amd, lazy, trace", "amd, lazy, own",
        "amd, passthrough, trace"})
    void everyModeIsThereOnEveryMachine(String machine, String mode, String iova) throws Exception {
        JsonObject report = replay("nvme-boot", machine, "--mode", mode, "--iova", iova);
        assertEquals(mode, report.getString("mode"));
        assertEquals(mode.equals("lazy"), report.getInt("staleAccesses") > 0, report.toString());
    }

    /** The fields are those that the page's mapping must have: valid all the way, and the page's own address. */
    @ParameterizedTest
    @CsvSource({"nvme-boot, intel, scalable root entry;scalable context entry;PASID directory entry;PASID entry, P=1",
        "smmuv3-boot, arm, L1 stream table entry;STE;L1 CD table entry;CD, V=1", "amd-boot, amd, DTE, V=1"})
    void aWalkDecodesTheEntriesOfTheFormat(String sample, String machine, String names, String valid) throws Exception {
        List<JsonObject> steps = replay(sample, machine, "--walk").getJsonArray("walk").getValuesAs(JsonObject.class);
        List<String> found = steps.stream().map(step -> step.getString("name")).toList();
        List<String> expected = List.of(names.split(";"));
        assertEquals(expected, found.subList(0, expected.size()), found.toString());
        assertTrue(found.size() >= expected.size() + 3, found.toString());
        assertTrue(fields(steps.get(expected.size() - 1)).contains(valid), steps.toString());
        for (int i = expected.size(); i + 1 < steps.size(); i++) {
            String next = steps.get(i + 1).getString("pa");
            String table = "0x" + Long.toHexString(Long.decode(next) & -4096);
            assertTrue(fields(steps.get(i)).contains("ADDR=" + table), steps.get(i) + " does not lead to " + table);
        }
    }

    @Test
    void theShellWalksOnEachMachineThatStands() throws Exception {
        Path script = Files.writeString(scratch.resolve("walks"), """
                wait-for units
                walk 0000:00:05.0 0xfff00000 --machine intel
                walk 0000:00:05.0 0xfff00000 --machine arm
                walk 0000:00:05.0 0xfff00000 --machine amd
                """);
        Result result = container.run("run", script.toString());
        assertEquals(0, result.code(), result.out() + result.err());
        for (String entry : List.of("scalable root entry at 0x", "PASID entry at 0x", "STE at 0x", "CD at 0x",
                "DTE at 0x")) {
            assertTrue(result.out().contains(entry), "no " + entry + " in:\n" + result.out());
        }
        Result unsaid = container.run("walk", "0000:00:05.0", "0xfff00000");
        assertTrue(unsaid.code() != 0 && unsaid.err().contains("[amd, arm, intel]"), unsaid.out() + unsaid.err());
    }

    private static String fields(JsonObject step) {
        return step.getJsonArray("fields").getValuesAs(JsonString::getString).stream().collect(Collectors.joining(" "));
    }

    private JsonObject replay(String sample, String machine, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("replay",
                container.sample(sample + ".trace.zst").toString(), "--machine", machine, "--json"));
        words.addAll(List.of(options));
        Result result = container.run(words.toArray(new String[0]));
        assertEquals(0, result.code(), result.out() + result.err());
        try (JsonReader reader = Json.createReader(new StringReader(result.out()))) {
            return reader.readObject();
        }
    }
}
