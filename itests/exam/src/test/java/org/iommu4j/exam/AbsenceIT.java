package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.util.Map;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.exam.dma.Tally;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.Lab;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Vendor;
import org.iommu4j.exam.lab.Waits;
import org.junit.Test;
import org.osgi.framework.Bundle;

/** The driver's bundle updated, stopped and uninstalled by whoever may, as any tool does, while devices do DMA. */
public class AbsenceIT extends RunningSystem {
    private static final long FOREVER = 60_000;
    private static final long ABSENT_MILLIS = 200;
    private static final long BLOCK_MILLIS = 1000;

    /** What is done to the bundle in charge. */
    private interface Change {
        void of(Bundle driver) throws Exception;
    }

    @Test
    public void anUpdateIsBridged() throws Exception {
        update(Vendor.VTD);
    }

    @Test
    public void anUpdateOfTheSmmuDriverIsBridged() throws Exception {
        update(Vendor.SMMUV3);
    }

    @Test
    public void anUpdateOfTheAmdDriverIsBridged() throws Exception {
        update(Vendor.AMDVI);
    }

    private void update(Vendor vendor) throws Exception {
        bridged(vendor, driver -> {
            try (InputStream next = Files.newInputStream(vendor.next())) {
                driver.update(next);
            }
        }, "1.1.0");
    }

    @Test
    public void aStopThatIsFollowedByAStartIsBridged() throws Exception {
        stopAndStart(Vendor.VTD);
    }

    @Test
    public void aStopOfTheSmmuDriverThatIsFollowedByAStartIsBridged() throws Exception {
        stopAndStart(Vendor.SMMUV3);
    }

    @Test
    public void aStopOfTheAmdDriverThatIsFollowedByAStartIsBridged() throws Exception {
        stopAndStart(Vendor.AMDVI);
    }

    private void stopAndStart(Vendor vendor) throws Exception {
        bridged(vendor, driver -> {
            driver.stop();
            driver.start();
        }, "1.0.0.SNAPSHOT");
    }

    @Test
    public void anUninstallThatIsFollowedByAnInstallIsBridged() throws Exception {
        uninstallAndInstall(Vendor.VTD);
    }

    @Test
    public void anUninstallOfTheSmmuDriverThatIsFollowedByAnInstallIsBridged() throws Exception {
        uninstallAndInstall(Vendor.SMMUV3);
    }

    @Test
    public void anUninstallOfTheAmdDriverThatIsFollowedByAnInstallIsBridged() throws Exception {
        uninstallAndInstall(Vendor.AMDVI);
    }

    private void uninstallAndInstall(Vendor vendor) throws Exception {
        bridged(vendor, driver -> {
            driver.uninstall();
            lab.start(vendor.next());
        }, "1.1.0");
    }

    /** With bounds that are never reached: DMA goes on, calls wait, nobody notices anything else. */
    private void bridged(Vendor vendor, Change change, String version) throws Exception {
        lab.configureCore(Map.of("absent.millis", FOREVER, "block.millis", FOREVER));
        LabMachine machine = lab.machine(vendor);
        Traces traces = new Traces(lab.context(), vendor.bundle());
        try (Traffic traffic = machine.traffic()) {
            Tally tally = traffic.tally();
            Waits.until("calls and DMA", () -> tally.returned() > 0 && tally.right() > 0);
            long translations = machine.translations();

            change.of(lab.bundle(vendor.bundle()));

            machine.awaitDriven();
            assertEquals(vendor.bundle() + " " + version, machine.unit().driver());
            assertTrue("DMA went on", machine.translations() > translations);
            long returned = tally.returned();
            Waits.until("callers go on", () -> tally.returned() > returned + 2);
            traffic.end();
            assertUnharmed(tally);
        }
        assertEquals("class loaders of drivers left", 1, traces.classLoadersLeft(1));
    }

    @Test
    public void callsFailAfterTheFirstBoundDmaStopsAfterTheSecondAndBothAreUndone() throws Exception {
        lab.configureCore(Map.of("absent.millis", ABSENT_MILLIS, "block.millis", BLOCK_MILLIS));
        LabMachine machine = lab.machine("duo", "duo");
        try (Traffic traffic = machine.patientTraffic()) {
            Tally tally = traffic.tally();
            Waits.until("calls and DMA", () -> tally.returned() > 0 && tally.right() > 0);
            Bundle driver = lab.bundle(Lab.DRIVER);
            driver.stop();

            assertEquals(UnitState.ABSENT, machine.unit().state());
            assertEquals("calls that failed at once", 0, tally.refused());
            long right = tally.right();
            Waits.until("DMA goes on without a driver", () -> tally.right() > right);
            Waits.until("calls fail as DRIVER_GONE", () -> tally.refused() > 0);
            Waits.until("the unit is blocked", () -> machine.is(UnitState.BLOCKED));
            long stopped = machine.translations();
            long refused = tally.refused();
            Waits.until("time passes", () -> tally.refused() > refused + 2);
            assertEquals("translations after DMA was stopped", stopped, machine.translations());

            driver.start();
            machine.awaitDriven();
            long after = tally.right();
            long returned = tally.returned();
            Waits.until("DMA and calls go on", () -> tally.right() > after && tally.returned() > returned + 2);
            traffic.end();
            assertUnharmed(tally);
        }
    }
}
