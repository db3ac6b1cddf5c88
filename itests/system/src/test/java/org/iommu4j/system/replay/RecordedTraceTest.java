package org.iommu4j.system.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.replay.machine.GroupCheck;
import org.iommu4j.replay.machine.InventedTopology;
import org.iommu4j.replay.machine.MachineDefinition;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Play;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Stage;
import org.iommu4j.replay.play.SwapRow;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedTraceTest {
    private static final int THREADS = 2;

    @ParameterizedTest
    @CsvSource({"STRICT, intel-legacy", "STRICT, intel", "LAZY, intel-legacy", "LAZY, intel"})
    void aRecordedTraceLeavesWhatWasCountedAndLosesNothing(RecordedTrace trace, String machine) throws IOException {
        Outcome outcome = played(trace, machine, List.of());
        assertClean(trace, outcome);
    }

    @ParameterizedTest
    @CsvSource({"STRICT, intel-legacy", "LAZY, intel"})
    void swapsUnderWayChangeNothing(RecordedTrace trace, String machine) throws IOException {
        Outcome outcome = played(trace, machine, IntStream.range(1, 10).mapToObj(tenth -> tenth * 10).toList());
        assertClean(trace, outcome);
        assertEquals(9, outcome.swaps().size());
        outcome.swaps().forEach(row -> assertEquals("adopt", row.report().method()));
        assertTrue(outcome.swaps().stream().mapToLong(SwapRow::dmaDuring).sum() > 0, "no DMA during swaps");
    }

    private static void assertClean(RecordedTrace trace, Outcome outcome) throws IOException {
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
        assertTrue(outcome.verdict().probeFaults() > outcome.unmaps(), "every unmap was probed");
    }

    private static Outcome played(RecordedTrace trace, String template, List<Integer> swapAt) throws IOException {
        TracePlan plan = trace.plan();
        InventedTopology topology = InventedTopology.of(plan);
        Path file = MachineDefinition.write(
                new MachineDefinition(template, template).of(plan, topology, THREADS, THREADS + 1));
        Settings settings = new Settings(Settings.Mode.STRICT, THREADS, THREADS, swapAt, false, false);
        try (Rig rig = new Rig(DefinitionFile.load(file.toString()), new VtdDriver())) {
            assertEquals(List.of(), GroupCheck.differences(plan, rig.iommu()));
            Stage stage = new Stage(rig.iommu(), rig.domains(), rig.memory(), rig.machine()::counters,
                    () -> rig.status().units().stream().mapToLong(UnitReport::faults).sum());
            Outcome outcome = new Play(plan, topology::placeOf, stage, settings).run(() -> rig.swap(VtdDriver::new));
            if (trace == RecordedTrace.STRICT) {
                assertNearLinux(plan, outcome);
            }
            return outcome;
        } finally {
            Files.delete(file);
        }
    }

    /** As many invalidations of the IOTLB as Linux made for the same unmaps, or at most half of them saved. */
    private static void assertNearLinux(TracePlan plan, Outcome outcome) {
        double ratio = (double) outcome.iotlbInvalidations() / plan.counts().iotlbInvalidations();
        assertTrue(ratio >= 0.5 && ratio <= 1.1, () -> outcome.iotlbInvalidations()
                + " IOTLB invalidations, Linux made " + plan.counts().iotlbInvalidations());
    }
}
