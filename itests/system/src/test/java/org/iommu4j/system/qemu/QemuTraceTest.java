package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.qemu.machine.QemuBoard;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.replay.machine.Board;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Play;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Settings.Iovas;
import org.iommu4j.replay.play.Settings.Mode;
import org.iommu4j.replay.play.Stage;
import org.iommu4j.replay.trace.TraceSource;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.system.doubles.Invalidations;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Vendor;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bundled recording, all its maps and unmaps, on machines that QEMU plays, a sample of them proved by DMA. */
class QemuTraceTest {
    private static final Path TRACE =
            Path.of("../../bundles/distribution/src/main/container/samples/nvme-boot.trace.zst");
    private static final int PROBES = 500;

    @ParameterizedTest
    @CsvSource({"INTEL, STRICT, TRACE", "INTEL_SCALABLE, LAZY, TRACE", "INTEL_FIRST_STAGE, STRICT, OWN",
        "INTEL_SCALABLE, PASSTHROUGH, TRACE", "ARM, STRICT, TRACE"})
    void aRecordingLosesNothingAndReachesNothingThatIsGone(QemuDefinition definition, Mode mode, Iovas iovas)
            throws IOException {
        TracePlan plan = plan();
        IommuDriver driver = definition == QemuDefinition.ARM ? new SmmuDriver() : new VtdDriver();
        Outcome outcome = played(plan, definition, mode, iovas, driver);
        assertEquals(0, outcome.verdict().lost(), outcome.verdict().first());
        assertEquals(0, outcome.verdict().wrong(), outcome.verdict().first());
        assertEquals(0, outcome.unfit(), () -> outcome.unfitTexts().toString());
        assertEquals(plan.live().pages(), outcome.livePages());
        assertEquals(plan.counts().maps(), outcome.maps());
        assertTrue(outcome.verdict().right() > PROBES / 4, () -> outcome.verdict().right() + " were right");
        assertTrue(outcome.coverage().maps() > PROBES / 2 && outcome.coverage().maps() < 2 * PROBES, "a sample");
        assertEquals(mode != Mode.PASSTHROUGH, outcome.verdict().probeFaults() > PROBES / 8);
        assertEquals(mode == Mode.LAZY, outcome.verdict().stale() > 0, "stale accesses are there in lazy mode alone");
    }

    @Test
    void aDriverThatLeavesPagesInTheIotlbIsConvictedByTheDataAlone() throws IOException {
        Outcome outcome = played(plan(), QemuDefinition.INTEL_SCALABLE, Mode.STRICT, Iovas.TRACE,
                Invalidations.of(Vendor.VTD).withoutIotlbOfPages());
        assertTrue(outcome.verdict().wrong() > 0, "nothing was wrong");
    }

    private static TracePlan plan() throws IOException {
        return TracePlan.read(TraceSource.of(TRACE));
    }

    private static Outcome played(TracePlan plan, QemuDefinition definition, Mode mode, Iovas iovas,
            IommuDriver driver) {
        Settings settings = new Settings(mode, iovas, 2, 0, List.of(), false, false, PROBES);
        Board board = Board.of(definition.text(), definition.text(), plan, settings);
        Map<String, Object> properties = board.properties();
        QemuBoard hardware = new QemuBoard(definition, (int) properties.get("memory"),
                (int) properties.get("devices"));
        try (QemuRig rig = new QemuRig(hardware, driver)) {
            Stage stage = new Stage(rig.iommu(), rig.domains(), rig.dma(), rig.memory(), rig.machine()::counters,
                    () -> rig.units().stream().mapToLong(UnitReport::faults).sum());
            return new Play(plan, board.cast(rig.memory()), stage, settings).run(null,
                    (nanos, played, total) -> { });
        }
    }
}
