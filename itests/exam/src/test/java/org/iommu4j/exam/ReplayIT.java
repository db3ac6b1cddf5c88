package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Waits;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** The command {@code replay} as people run it: a recorded trace in, a report and an exit code out. */
public class ReplayIT extends RunningSystem {
    private static final String HOME = "iommu4j.home";
    private static final String TRACE = "vtd-legacy-strict";
    private static final Path TRACES = Path.of(System.getProperty("traces.dir"));
    private static final int SWAPS = 9;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();
    private String printed;

    @Before
    public void layOutTheDistribution() throws IOException {
        Path home = folder.getRoot().toPath();
        Files.createDirectories(home.resolve("deploy"));
        Files.createDirectories(home.resolve("spare"));
        Files.copy(DRIVER, home.resolve("deploy/vtd-driver.jar"));
        Files.copy(NEXT, home.resolve("spare/vtd-driver-next.jar"));
        System.setProperty(HOME, home.toString());
    }

    @After
    public void forgetTheDistribution() {
        System.clearProperty(HOME);
    }

    @Test
    public void aRealTraceLeavesWhatItMustWithNineSwapsUnderWay() throws IOException {
        int exit = replay(TRACES.resolve(TRACE + ".trace.zst").toString(), "--swap-at",
                "10,20,30,40,50,60,70,80,90", "--json");
        assertEquals(printed, 0, exit);
        JsonObject report = json(printed);
        Map<String, String> expected = expectation();
        for (Map.Entry<String, String> each : Map.of("lines", "lines", "maps", "maps", "unmaps", "unmaps",
                "livePages", "live_4k_pages_at_end").entrySet()) {
            assertEquals(each.getKey(), expected.get(each.getValue()), report.get(each.getKey()).toString());
        }
        assertEquals(byDevice(expected.get("live_4k_pages_by_device")),
                numbers(report.getJsonObject("livePagesByDevice")));
        for (String count : new String[] {"dmaLost", "dmaWrong", "dmaPaused", "unfit"}) {
            assertEquals(count, 0, report.getInt(count));
        }
        assertEquals(SWAPS, report.getJsonArray("swaps").size());
        for (JsonObject swap : report.getJsonArray("swaps").getValuesAs(JsonObject.class)) {
            assertEquals(swap.toString(), 0, swap.getInt("lost") + swap.getInt("wrong"));
            assertTrue(swap.toString(), swap.getJsonNumber("dmaDuring").longValue() > 0);
            assertNotEquals(swap.getString("from"), swap.getString("to"));
        }
        Waits.until("the machine of the replay has gone", () -> Traces.threads().isEmpty());
    }

    @Test
    public void badInputGetsOneLineAndAnExitCode() throws IOException {
        Path whole = TRACES.resolve(TRACE + ".trace.zst");
        Path truncated = folder.newFile("truncated.trace.zst").toPath();
        Files.write(truncated, Arrays.copyOf(Files.readAllBytes(whole), 100_000));
        Path shopping = folder.newFile("shopping.trace").toPath();
        Files.writeString(shopping, "milk\nbread\n");

        refused("absent.trace", "absent.trace");
        refused(truncated.toString(), "truncated.trace.zst");
        refused(shopping.toString(), "shopping.trace");
        refused(folder.newFile("empty.trace").toString(), "empty.trace");
        refused(folder.getRoot().toString(), folder.getRoot().getName());
        refused(whole.toString(), "pdp11", "--machine", "pdp11");
        refused(whole.toString(), "101", "--swap-at", "101");
        refused(whole.toString(), "0", "--threads", "0");
        refused(whole.toString(), "--sideways", "--sideways");
        refused(whole.toString(), "nowhere.jar", "--swap-at", "50", "--swap-with", "nowhere.jar");
        Waits.until("no machine is left", () -> Traces.threads().isEmpty());
    }

    private void refused(String trace, String word, String... options) {
        String[] arguments = Arrays.copyOf(options, options.length + 1);
        arguments[options.length] = trace;
        int exit = replay(arguments);
        assertNotEquals(printed, 0, exit);
        assertEquals("lines of: " + printed, 1, printed.lines().count());
        assertTrue(printed, printed.startsWith("replay: ") && printed.contains(word));
    }

    @SuppressWarnings("unchecked")
    private int replay(String... arguments) {
        BiFunction<String[], PrintStream, Integer> command =
                lab.service(BiFunction.class, "(iommu4j.command.name=replay)");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exit = command.apply(arguments, new PrintStream(out, true, StandardCharsets.UTF_8));
        printed = out.toString(StandardCharsets.UTF_8);
        return exit;
    }

    private static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /** The trace's row of EXPECT.csv, by column. */
    private static Map<String, String> expectation() throws IOException {
        String[][] rows = Files.readAllLines(TRACES.resolve("EXPECT.csv")).stream().map(line -> line.split(","))
                .toArray(String[][]::new);
        String[] row = Arrays.stream(rows).filter(each -> each[0].equals(TRACE)).findFirst().orElseThrow();
        Map<String, String> columns = new TreeMap<>();
        for (int i = 0; i < row.length; i++) {
            columns.put(rows[0][i], row[i]);
        }
        return columns;
    }

    private static Map<String, Long> byDevice(String cell) {
        return Arrays.stream(cell.split(";")).map(pair -> pair.split("="))
                .collect(Collectors.toMap(pair -> pair[0], pair -> Long.parseLong(pair[1])));
    }

    private static Map<String, Long> numbers(JsonObject object) {
        return object.keySet().stream().collect(
                Collectors.toMap(name -> name, name -> object.getJsonNumber(name).longValue()));
    }
}
