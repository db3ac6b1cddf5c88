package org.iommu4j.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to jars in {@code deploy} while the whole container runs, seen from a script that is being typed. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeployFolderIT {
    private static final String DRIVER = "vtd-driver.jar";
    /** Changes are applied in the order of names: when it has come to this one, it has been at the driver's jar. */
    private static final String LATER = "zz-probe.jar";

    @TempDir
    Path scratch;
    private ContainerCopy container;
    private Process process;
    private BufferedReader out;
    private PrintStream in;

    @BeforeEach
    void startAndWaitForTheDriver() throws IOException {
        container = ContainerCopy.whole(scratch, scratch.resolve("container"));
        process = container.startMerged("run", "-");
        out = process.inputReader();
        in = new PrintStream(process.getOutputStream(), true);
        in.println("units");
        ContainerCopy.awaitLine(out, "DRIVEN");
    }

    @AfterEach
    void end() {
        process.destroyForcibly();
    }

    @Test
    void anOverwrittenDriverInChargeIsSwapped() throws Exception {
        container.overwrite(DRIVER, container.spare("vtd-driver-next.jar"));

        String swapped = last(ContainerCopy.awaitLine(out, DRIVER + ": "));

        assertTrue(swapped.contains("-> org.iommu4j.vtd 1.1.0: 1 unit by adopt"), swapped);
        in.println("drivers");
        assertTrue(last(ContainerCopy.awaitLine(out, "org.iommu4j.vtd")).contains("1.1.0"));
        assertCleanEnd();
    }

    @Test
    void aDriverThatWasSwappedInLiesInItsPredecessorsPlaceAndIsNotSwappedAgain() throws Exception {
        Path successor = container.spare("vtd-driver-next.jar");
        in.println("swap org.iommu4j.vtd " + successor);
        ContainerCopy.awaitLine(out, "uninstall");
        in.println("drivers");
        String inCharge = last(ContainerCopy.awaitLine(out, "org.iommu4j.vtd"));
        assertEquals(-1, Files.mismatch(successor, container.deploy(DRIVER)));

        container.deployProbe(LATER, "1.0.0");
        List<String> meanwhile = ContainerCopy.awaitLine(out, "probe 1.0.0 started");

        assertTrue(meanwhile.stream().noneMatch(line -> line.contains(DRIVER)), meanwhile.toString());
        in.println("drivers");
        assertEquals(inCharge, last(ContainerCopy.awaitLine(out, "org.iommu4j.vtd")));
        assertCleanEnd();
    }

    @Test
    void aJarThatIsRefusedLeavesTheDriverInCharge() throws Exception {
        Path half = scratch.resolve("half.jar");
        byte[] whole = Files.readAllBytes(container.spare("vtd-driver-next.jar"));
        Files.write(half, Arrays.copyOf(whole, whole.length / 2));
        container.overwrite(DRIVER, half);
        String refused = last(ContainerCopy.awaitLine(out, DRIVER + " is refused: "));
        assertTrue(refused.endsWith("; org.iommu4j.vtd 1.0.0.SNAPSHOT stays"), refused);

        container.deployProbe(DRIVER, "3.0.0");
        refused = last(ContainerCopy.awaitLine(out, DRIVER + " is refused: "));
        assertTrue(refused.contains("brought no IOMMU driver"), refused);

        in.println("units");
        assertTrue(last(ContainerCopy.awaitLine(out, "dmar0")).contains("DRIVEN"));
        assertCleanEnd();
    }

    @Test
    void aDriverWhoseJarIsDeletedGoesAndOneThatIsPutThereComes() throws Exception {
        Path kept = Files.copy(container.deploy(DRIVER), scratch.resolve("kept.jar"));
        Files.delete(container.deploy(DRIVER));
        container.deployProbe(LATER, "1.0.0");
        ContainerCopy.awaitLine(out, "probe 1.0.0 started");
        in.println("drivers");
        in.println("machines");
        List<String> drivers = ContainerCopy.awaitLine(out, "intel");
        assertTrue(drivers.stream().noneMatch(line -> line.startsWith("vtd ")), drivers.toString());

        container.overwrite(DRIVER, kept);
        Files.delete(container.deploy(LATER));
        ContainerCopy.awaitLine(out, "probe 1.0.0 stopped");
        in.println("drivers");
        assertTrue(last(ContainerCopy.awaitLine(out, "org.iommu4j.vtd")).contains("1.0.0"));
        assertCleanEnd();
    }

    @Test
    void whatTheContainerComplainsOfIsInTheLog() throws Exception {
        container.deployProbe(LATER, "1.0.0", "Service-Component", "OSGI-INF/broken.xml", "-includeresource",
                "OSGI-INF/broken.xml;literal='<scr:component xmlns:scr=\"http://www.osgi.org/xmlns/scr/v1.4.0\" "
                        + "immediate=\"true\" name=\"broken\"><implementation class=\"no.such.Component\"/>"
                        + "</scr:component>'",
                "Require-Capability", "osgi.extender;filter:=\"(osgi.extender=osgi.component)\"");

        String complaint = last(ContainerCopy.awaitLine(out, "no.such.Component"));

        assertTrue(complaint.contains(" ERROR probe: "), complaint);
    }

    private void assertCleanEnd() throws Exception {
        in.close();
        String rest = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), rest);
        assertFalse(rest.contains("Exception"), rest);
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }
}
