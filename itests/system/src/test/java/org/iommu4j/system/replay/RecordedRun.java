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
import org.iommu4j.system.rig.Vendor;

/** Plays a recorded trace, all of it, on a machine of its own. */
final class RecordedRun {
    private static final int THREADS = 2;

    private RecordedRun() {
    }

    /** @param template the machine: one of {@link MachineDefinition#NAMES} */
    static Outcome played(TracePlan plan, String template, Mode mode, Iovas iovas, List<Integer> swapAt)
            throws IOException {
        InventedTopology topology = InventedTopology.of(plan);
        MachineDefinition machine = new MachineDefinition(template, template);
        Path file = MachineDefinition.write(machine.of(plan, topology, THREADS, THREADS + 1));
        Vendor vendor = vendor(template);
        Settings settings = new Settings(mode, iovas, THREADS, THREADS, swapAt, false, false,
                Settings.ALL);
        try (Rig rig = new Rig(DefinitionFile.load(file.toString()), vendor.driver())) {
            assertEquals(List.of(), GroupCheck.differences(plan, rig.iommu()));
            Stage stage = new Stage(rig.iommu(), rig.domains(), rig.dma(), rig.memory(), rig.machine()::counters,
                    () -> rig.status().units().stream().mapToLong(UnitReport::faults).sum());
            return new Play(plan, new GeneratorCast(topology, machine.frames(plan)), stage, settings)
                    .run(() -> rig.swap(vendor::driver), (nanos, played, total) -> { });
        } finally {
            Files.delete(file);
        }
    }

    private static Vendor vendor(String template) {
        return switch (template) {
            case "arm" -> Vendor.SMMUV3;
            case "amd" -> Vendor.AMDVI;
            default -> Vendor.VTD;
        };
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
