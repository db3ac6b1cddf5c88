package org.iommu4j.system.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Settings.Iovas;
import org.iommu4j.replay.play.Settings.Mode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The recorded traces through the DMA API: lazily, and at addresses of core's own allocator. */
class LazyTraceTest {
    @ParameterizedTest
    @CsvSource({"STRICT, intel-legacy, TRACE", "STRICT, intel, OWN", "LAZY, intel-legacy, OWN", "LAZY, intel, TRACE",
        "STRICT, intel-first-stage, TRACE", "LAZY, intel-first-stage, OWN", "LAZY, intel-caching-mode, TRACE",
        "LAZY, intel-non-coherent, OWN", "SMMUV3, arm, TRACE", "LAZY, arm, OWN",
        "AMD, amd, TRACE", "AMD, amd, OWN"})
    void aTracePlayedLazilyLosesNothingAndReachesNoFrameOfOthers(RecordedTrace trace, String machine, Iovas iovas)
            throws IOException {
        TracePlan plan = trace.plan();
        Outcome outcome = RecordedRun.played(plan, machine, Mode.LAZY, iovas, List.of());
        RecordedRun.assertClean(trace, outcome);
        assertLazy(outcome, machine.equals("intel-caching-mode") ? outcome.maps() : 0);
    }

    @ParameterizedTest
    @CsvSource({"STRICT, intel, TRACE", "LAZY, intel-legacy, OWN", "SMMUV3, arm, TRACE", "AMD, amd, TRACE"})
    void whatIsQueuedSurvivesSwaps(RecordedTrace trace, String machine, Iovas iovas) throws IOException {
        Outcome outcome = RecordedRun.played(trace.plan(), machine, Mode.LAZY, iovas, List.of(20, 40, 60, 80));
        RecordedRun.assertClean(trace, outcome);
        assertLazy(outcome, 0);
        assertEquals(List.of("adopt", "adopt", "adopt", "adopt"),
                outcome.swaps().stream().map(row -> row.report().method()).toList());
    }

    @ParameterizedTest
    @CsvSource({"LAZY, intel", "LAZY, arm", "AMD, amd"})
    void aTracePlayedStrictlyAtOwnAddressesReachesNothingAfterAnUnmap(RecordedTrace trace, String machine)
            throws IOException {
        Outcome outcome = RecordedRun.played(trace.plan(), machine, Mode.STRICT, Iovas.OWN, List.of());
        RecordedRun.assertClean(trace, outcome);
        assertEquals(0, outcome.verdict().stale());
        assertEquals(0, outcome.staleness().queued());
    }

    /**
     * Few invalidations for many unmaps, and the window that this leaves is there and was seen.
     *
     * @param forMaps invalidations that maps needed
     */
    private static void assertLazy(Outcome outcome, long forMaps) {
        long flushes = outcome.staleness().flushes().values().stream().mapToLong(Long::longValue).sum();
        assertTrue(outcome.staleness().queued() >= outcome.unmaps(), () -> outcome.staleness().toString());
        assertTrue(flushes > 0 && flushes < outcome.unmaps() / 2, () -> outcome.staleness().toString());
        assertTrue(outcome.iotlbInvalidations() - forMaps < outcome.unmaps() / 2,
                () -> outcome.iotlbInvalidations() + " IOTLB invalidations for " + outcome.unmaps() + " unmaps");
        assertTrue(outcome.staleness().accesses() > 0, "no access was stale");
        assertTrue(outcome.staleness().maxNanos() > 0, () -> outcome.staleness().toString());
    }
}
