package org.iommu4j.system.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Settings.Iovas;
import org.iommu4j.replay.play.Settings.Mode;
import org.iommu4j.replay.play.SwapRow;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedTraceTest {
    @ParameterizedTest
    @CsvSource({"STRICT, intel-legacy", "STRICT, intel", "LAZY, intel-legacy", "LAZY, intel",
        "STRICT, intel-first-stage", "SMMUV3, arm", "AMD, amd", "STRICT, arm", "STRICT, amd", "SMMUV3, intel",
        "AMD, intel"})
    void aRecordedTraceLeavesWhatWasCountedAndLosesNothing(RecordedTrace trace, String machine) throws IOException {
        Outcome outcome = played(trace, machine, List.of());
        RecordedRun.assertClean(trace, outcome);
    }

    @ParameterizedTest
    @CsvSource({"STRICT, intel-legacy", "LAZY, intel", "SMMUV3, arm", "AMD, amd"})
    void swapsUnderWayChangeNothing(RecordedTrace trace, String machine) throws IOException {
        Outcome outcome = played(trace, machine, IntStream.range(1, 10).mapToObj(tenth -> tenth * 10).toList());
        RecordedRun.assertClean(trace, outcome);
        assertEquals(9, outcome.swaps().size());
        outcome.swaps().forEach(row -> assertEquals("adopt", row.report().method()));
        assertTrue(outcome.swaps().stream().mapToLong(SwapRow::dmaDuring).sum() > 0, "no DMA during swaps");
    }

    private static Outcome played(RecordedTrace trace, String template, List<Integer> swapAt) throws IOException {
        TracePlan plan = trace.plan();
        Outcome outcome = RecordedRun.played(plan, template, Mode.STRICT, Iovas.TRACE, swapAt);
        if (trace != RecordedTrace.LAZY) {
            assertNearLinux(plan, outcome);
        }
        return outcome;
    }

    /**
     * As many invalidations of translations as Linux made for the same unmaps, or at most half of them saved; behind
     * AMD's emulated unit Linux invalidated after each map, too.
     */
    private static void assertNearLinux(TracePlan plan, Outcome outcome) {
        boolean afterMaps = plan.counts().iotlbInvalidations() > 3 * outcome.unmaps() / 2;
        double theirs = plan.counts().iotlbInvalidations() - (afterMaps ? outcome.unmaps() : 0);
        double ratio = outcome.iotlbInvalidations() / theirs;
        assertTrue(ratio >= 0.5 && ratio <= 1.1, () -> outcome.iotlbInvalidations()
                + " IOTLB invalidations, Linux made " + plan.counts().iotlbInvalidations());
    }
}
