package org.iommu4j.replay.report;

import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.replay.plan.TraceCounts;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Staleness;
import org.iommu4j.replay.play.SwapRow;

/** The report as a person reads it. */
public final class ReportText {
    private static final int LABEL = 26;
    private static final double MILLION = 1e6;

    private final StringBuilder text = new StringBuilder();
    private final ReplayReport report;

    private ReportText(ReplayReport report) {
        this.report = report;
    }

    /** Several lines, the verdict last. */
    public static String of(ReplayReport report) {
        ReportText text = new ReportText(report);
        text.trace();
        text.notes();
        text.hardware();
        text.staleness();
        text.swaps();
        text.walk();
        text.phases();
        text.verdict();
        return text.text.toString();
    }

    private void trace() {
        Outcome outcome = report.outcome();
        TraceCounts counts = report.plan().counts();
        line("Trace", "%s: %,d lines, %,d of them of other kinds, %,d events of no known device",
                fileName(report.plan().name()), counts.lines(), counts.skippedLines(), counts.unattributed());
        line("Played", "on %s, %s mode, %s addresses: %,d maps and %,d unmaps in %.2f s, %,.0f a second",
                report.machine(), lower(report.settings().mode()),
                report.settings().iovas() == Settings.Iovas.OWN ? "own" : "the trace's", outcome.maps(),
                outcome.unmaps(), outcome.nanos() / 1e9, outcome.eventsPerSecond());
        line("Mapped at the end", "%,d pages of 4 KiB in %,d mappings (at most %,d pages on the way)",
                outcome.livePages(), outcome.liveMappings(), outcome.peakLivePages());
        outcome.livePagesByDevice().forEach((device, pages) -> line("", "%-14s %,8d pages", device, pages));
    }

    private static String fileName(String trace) {
        return trace.substring(Math.max(trace.lastIndexOf('/'), trace.lastIndexOf('\\')) + 1);
    }

    private void notes() {
        String label = "On this machine";
        for (String note : report.notes()) {
            line(label, "%s", note);
            label = "";
        }
    }

    private void hardware() {
        Outcome outcome = report.outcome();
        if (outcome.isCounted()) {
            counts(outcome);
        }
        if (!outcome.coverage().isWhole()) {
            line("Proved by DMA", "%,d of %,d maps and %,d of %,d unmaps, a sample with a fixed seed",
                    outcome.coverage().maps(), outcome.maps(), outcome.coverage().unmaps(), outcome.unmaps());
        }
        line("Faults", "%,d probes were refused, as they had to be; the unit had room to record %,d",
                outcome.verdict().probeFaults(), outcome.faults());
    }

    private void counts(Outcome outcome) {
        line("Translations", "%,d, with %.3f table entries fetched for one on average", outcome.translations(),
                outcome.memoryReferencesPerTranslation());
        outcome.cacheHits().forEach((cache, hits) -> {
            long misses = outcome.cacheMisses().getOrDefault(cache, 0L);
            if (hits + misses > 0) {
                line("", "%-10s %,12d hits %,10d misses  %5.1f %%", cache, hits, misses,
                        100.0 * hits / (hits + misses));
            }
        });
        line("Invalidations", "%s", join(outcome.invalidations()));
        line("  of the recorded kernel", "%s", join(report.invalidationsByTrace()));
    }

    private void staleness() {
        if (report.settings().mode() != Settings.Mode.LAZY) {
            return;
        }
        Staleness staleness = report.outcome().staleness();
        line("Lazy", "%,d ranges queued, flushed %s", staleness.queued(), join(staleness.flushes()));
        if (report.outcome().isCounted()) {
            line("", "%,d IOTLB invalidations, Linux issued %,d in the recorded time",
                    report.outcome().iotlbInvalidations(), report.plan().counts().iotlbInvalidations());
        }
        line("Stale", "%,d accesses got through after the unmap, none after the flush; the longest window was %.2f ms",
                staleness.accesses(), staleness.maxNanos() / MILLION);
    }

    private void phases() {
        StringJoiner joined = new StringJoiner(", ");
        report.phaseNanos().forEach((phase, nanos) -> joined.add(String.format("%s %.2f s", phase, nanos / 1e9)));
        line("Time", "%s", joined);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String join(Map<String, ? extends Number> counts) {
        StringJoiner joined = new StringJoiner(", ");
        counts.forEach((kind, count) -> joined.add(String.format("%s %,d", kind, count.longValue())));
        return joined.length() == 0 ? "none" : joined.toString();
    }

    private void swaps() {
        int number = 1;
        for (SwapRow row : report.outcome().swaps()) {
            line("Swap " + number++, "%s -> %s, %s, in %.1f ms", row.report().from(), row.report().to(),
                    row.report().method(), row.report().totalNanos() / MILLION);
            String dma = report.outcome().isCounted()
                    ? String.format("%,d translations, %,d IOTLB misses", row.dmaDuring(), row.missesDuring())
                    : String.format("%,d transactions as they had to be", row.right());
            line("", "meanwhile %s, %,d lost, %,d wrong; no call waited over %.2f ms", dma, row.lost(), row.wrong(),
                    row.report().callWaitMaxNanos() / MILLION);
        }
    }

    private void walk() {
        String label = "Tables of one page";
        for (WalkStep step : report.walk()) {
            line(label, "%s at %#x: %s", step.name(), step.pa(), String.join(" ", step.fields()));
            label = "";
        }
    }

    private void verdict() {
        Outcome outcome = report.outcome();
        line("DMA", "%,d transactions as they had to be, %,d lost, %,d wrong, %,d paused, %,d events unfit",
                outcome.verdict().right(), outcome.verdict().lost(), outcome.verdict().wrong(), outcome.dmaPaused(),
                outcome.unfit());
        outcome.unfitTexts().forEach(each -> line("", "%s", each));
        if (outcome.verdict().first() != null) {
            line("", "first: %s", outcome.verdict().first());
        }
        line("Result", "%s", report.exitCode() == 0 ? "clean: nothing lost, nothing wrong" : "NOT clean");
    }

    private void line(String label, String format, Object... arguments) {
        text.append(String.format("%-" + LABEL + "s%s%n", label, String.format(format, arguments)));
    }
}
