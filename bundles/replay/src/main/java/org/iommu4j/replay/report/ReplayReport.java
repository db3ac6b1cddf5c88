package org.iommu4j.replay.report;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Settings;

/**
 * One replay: what was read, how it was played, what came of it.
 *
 * @param machine what {@code --machine} named
 * @param invalidationsByTrace commands that the recorded kernel issued, by the trace's own kind
 * @param phaseNanos what the run took until the report, by phase: {@code read} the trace and settle its domains, bring
 * the {@code machine} up, {@code play} with everything proved at the end
 * @param notes what a reader has to know of the machine, a sentence each
 * @param walk the tables between a device and a page that it had mapped at the end; empty if nobody asked
 */
public record ReplayReport(TracePlan plan, String machine, Settings settings, Outcome outcome,
        Map<String, Integer> invalidationsByTrace, Map<String, Long> phaseNanos, List<String> notes,
        List<WalkStep> walk) {
    /** The exit code: 0 only if nothing was lost, wrong, paused or unfit. */
    public int exitCode() {
        return outcome.isClean(settings.skipUnfit()) ? 0 : 1;
    }
}
