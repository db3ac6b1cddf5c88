package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.iommu4j.exam.lab.Lab;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Waits;
import org.junit.Test;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;

/** The kit beside a driver in a container: its command, and the laws of handing over, on bundles. */
public class TckIT extends RunningSystem {
    private String printed;

    @Override
    @Configuration
    public Option[] container() {
        return new Option[] {Provision.platform(),
                Provision.system("tck", "core-api", "core", "hw-sim", "vtd-driver", "shell")};
    }

    @Test
    public void everyLawIsKeptAndTheLawsOfHandingOverAreNotLeftOut() {
        assertEquals(printed, 0, tck("--json"));
        JsonObject report = json();
        assertTrue(printed, report.getBoolean("good"));
        List<String> handover = report.getJsonArray("laws").getValuesAs(JsonObject.class).stream()
                .filter(law -> law.getString("room").equals("handover")).map(law -> law.getString("verdict"))
                .collect(Collectors.toList());
        assertEquals(printed, List.of("passed", "passed"), handover);
        Waits.until("the machine of the run has gone", () -> Traces.threads().isEmpty());
    }

    @Test
    public void anotherDriverIsHeldAgainstTheLawsAndThenTheFormerOneIsBack() {
        lab.machine("standing", "duo");
        String before = lab.bundle(Lab.DRIVER).getVersion().toString();
        assertEquals(printed, 0, tck("--driver", NEXT.toString(), "--law", "transfer", "--json"));
        assertTrue(printed, json().getString("driver").contains("1.1.0"));
        assertEquals(before, lab.bundle(Lab.DRIVER).getVersion().toString());
    }

    @Test
    public void badInputGetsOneLineAndAnExitCode() {
        refused(1, "pdp11", "--machine", "pdp11");
        refused(1, "nowhere.jar", "--driver", "nowhere.jar");
        refused(1, "gravity", "--law", "gravity");
        refused(2, "--sideways", "--sideways");
        Waits.until("no machine is left", () -> Traces.threads().isEmpty());
    }

    private void refused(int code, String word, String... options) {
        assertEquals(code, tck(options));
        assertEquals("lines of: " + printed, 1, printed.lines().count());
        assertTrue(printed, printed.startsWith("tck: ") && printed.contains(word));
    }

    @SuppressWarnings("unchecked")
    private int tck(String... arguments) {
        BiFunction<String[], PrintStream, Integer> command =
                lab.service(BiFunction.class, "(iommu4j.command.name=tck)");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exit = command.apply(arguments, new PrintStream(out, true, StandardCharsets.UTF_8));
        printed = out.toString(StandardCharsets.UTF_8);
        return exit;
    }

    private JsonObject json() {
        try (JsonReader reader = Json.createReader(new StringReader(printed))) {
            return reader.readObject();
        }
    }
}
