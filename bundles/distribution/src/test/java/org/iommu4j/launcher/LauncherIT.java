package org.iommu4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.launcher.ContainerCopy.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LauncherIT {
    @TempDir
    Path scratch;
    private ContainerCopy container;

    @BeforeEach
    void copyTheContainer() throws IOException {
        container = ContainerCopy.in(scratch);
    }

    @Test
    void runsTheCommandOnTheMainThreadAndExitsWithItsCode() throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Probe-Command", "yes");

        Result result = container.run("replay", "a file", "--json");

        assertEquals(43, result.code(), result.err());
        assertEquals(List.of("probe 1.0.0 started", "thread main runs replay|a file|--json", "probe 1.0.0 stopped"),
                result.out().lines().toList());
    }

    @Test
    void theLogGoesToStandardError() throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Probe-Command", "yes");

        List<String> log = container.run("x").err().lines().toList();

        assertEquals(1, log.size(), log.toString());
        assertTrue(log.get(0).contains("WARN  probe: a line of the log"), log.toString());
    }

    @Test
    void aRunLeavesNothingBehind() throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Probe-Command", "yes");

        container.run("x");

        assertEquals(List.of(), Installer.list(container.temporary(), "*"));
    }

    @Test
    void aJarThatIsNoBundleIsRefusedByNameAndReason() throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Probe-Command", "yes");
        Files.writeString(container.deploy("garbage.jar"), "this is no zip");
        Files.copy(container.deploy("../lib/launcher.jar"), container.deploy("plain.jar"));

        Result result = container.run("x");

        assertEquals(41, result.code(), "the others run all the same");
        assertTrue(result.err().contains("garbage.jar is refused: zip"), result.err());
        assertTrue(result.err().contains("plain.jar is refused: no bundle"), result.err());
    }

    @Test
    void withoutACommandItSaysWhichBundleIsNotResolvedAndWhy() throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Import-Package", "no.such.thing,org.osgi.framework");

        Result result = container.run("x");

        assertEquals(Launcher.NOT_STARTED, result.code());
        assertTrue(result.err().contains("no command appeared within 2 s"), result.err());
        assertTrue(result.err().contains("bundle probe does not run"), result.err());
        assertTrue(result.err().contains("no.such.thing"), result.err());
    }

    @Test
    void withoutACommandItSaysWhichComponentLacksWhat() throws Exception {
        deployWaitingComponent("");

        Result result = container.run("x");

        assertTrue(result.err().contains("component waiting lacks a service for its reference list"), result.err());
    }

    @Test
    void theConfigurationFileReachesComponents() throws Exception {
        deployWaitingComponent("configuration-policy=\"require\" configuration-pid=\"org.iommu4j.hwsim\"");

        Result result = container.run("x");

        assertTrue(result.err().contains("component waiting lacks a service for its reference list"), result.err());
        assertFalse(result.err().contains("component waiting lacks configuration"), result.err());
    }

    /** A component that waits for a list, which nobody offers. */
    private void deployWaitingComponent(String attributes) throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Service-Component", "OSGI-INF/waiting.xml", "-includeresource",
                "OSGI-INF/waiting.xml;literal='<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.4.0\" "
                        + "name=\"waiting\" " + attributes + ">"
                        + "<reference name=\"list\" interface=\"java.util.List\"/>"
                        + "<implementation class=\"org.iommu4j.launcher.probe.ProbeActivator\"/></scr:component>'",
                "Require-Capability", "osgi.extender;filter:=\"(osgi.extender=osgi.component)\"");
    }

    @Test
    void anOverwrittenJarUpdatesItsBundleAndADeletedOneTakesItAlong() throws Exception {
        container.deployProbe("probe.jar", "1.0.0", "Probe-Command", "yes");
        container.deployProbe("other.jar", "1.5.0");
        Process process = container.start("read");
        try (BufferedReader out = process.inputReader()) {
            ContainerCopy.awaitLine(out, "runs read");
            container.deployProbe("other.jar", "2.0.0");
            ContainerCopy.awaitLine(out, "probe 1.5.0 stopped");
            ContainerCopy.awaitLine(out, "probe 2.0.0 started");
            Files.delete(container.deploy("other.jar"));
            ContainerCopy.awaitLine(out, "probe 2.0.0 stopped");
            process.getOutputStream().close();
            assertTrue(process.waitFor(1, TimeUnit.MINUTES));
            assertEquals(41, process.exitValue());
        } finally {
            process.destroy();
        }
        assertFalse(process.isAlive());
    }
}
