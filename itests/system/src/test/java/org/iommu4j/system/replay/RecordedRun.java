package org.iommu4j.system.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.replay.machine.GeneratorCast;
import org.iommu4j.replay.machine.GroupCheck;
import org.iommu4j.replay.machine.InventedTopology;
import org.iommu4j.replay.machine.MachineDefinition;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Play;
import org.iommu4j.replay.play.Settings.Iovas;
import org.iommu4j.replay.play.Settings.Mode;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Stage;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.vtd.VtdDriver;

/** Plays a recorded trace, all of it, on a machine of its own. */
final class RecordedRun {
    private static final int THREADS = 2;

    private RecordedRun() {
    }

    /** @param template the machine: {@code intel} (scalable mode) or {@code intel-legacy} */
    static Outcome played(TracePlan plan, String template, Mode mode, Iovas iovas, List<Integer> swapAt)
            throws IOException {
        InventedTopology topology = InventedTopology.of(plan);
        Path file = MachineDefinition.write(
                new MachineDefinition(template, template).of(plan, topology, THREADS, THREADS + 1));
        Settings settings = new Settings(mode, iovas, THREADS, THREADS, swapAt, false, false,
                Settings.ALL);
        try (Rig rig = new Rig(DefinitionFile.load(file.toString()), new VtdDriver())) {
            assertEquals(List.of(), GroupCheck.differences(plan, rig.iommu()));
            Stage stage = new Stage(rig.iommu(), rig.domains(), rig.dma(), rig.memory(), rig.machine()::counters,
                    () -> rig.status().units().stream().mapToLong(UnitReport::faults).sum());
            return new Play(plan, new GeneratorCast(topology), stage, settings).run(() -> rig.swap(VtdDriver::new),
                    (nanos, played, total) -> { });
        } finally {
            Files.delete(file);
        }
    }

    /** What was counted independently is what was played and what is left; nothing was lost or went astray. */
    static void assertClean(RecordedTrace trace, Outcome outcome) throws IOException {
        RecordedTrace.Expected expected = trace.expected();
        assertEquals(0, outcome.verdict().lost(), outcome.verdict().first());
        assertEquals(0, outcome.verdict().wrong(), outcome.verdict().first());
        assertEquals(0, outcome.dmaPaused());
        assertEquals(0, outcome.unfit(), () -> outcome.unfitTexts().toString());
        assertEquals(expected.maps(), outcome.maps());
        assertEquals(expected.unmaps(), outcome.unmaps());
        assertEquals(expected.pages(), outcome.livePages());
        assertEquals(expected.pagesByDevice(), outcome.livePagesByDevice());
        assertTrue(outcome.verdict().right() > outcome.maps(), "every map was used");
        assertTrue(outcome.verdict().probeFaults() + outcome.verdict().stale() > outcome.unmaps(),
                "every unmap was probed");
    }
}
