package org.iommu4j.replay.report;

import java.util.List;
import java.util.Map;
import org.iommu4j.replay.play.Outcome;

/** The same trace on several machines, a line each. */
public final class Comparison {
    private static final String ROW = "%-20s %12s %10s %8s %13s %12s %10s %5s %6s  %s%n";
    private static final String NUMBERED = "%-20s %,12d %10.3f %7.1f%% %,13d %,12d %,10.0f %5d %6d  %s%n";

    private Comparison() {
    }

    /** A table with one heading. */
    public static String of(List<ReplayReport> reports) {
        StringBuilder table = new StringBuilder(String.format(ROW, "MACHINE", "TRANSLATIONS", "REFERENCES", "IOTLB",
                "INVALIDATIONS", "FAULTS", "EVENTS/S", "LOST", "WRONG", "RESULT"));
        for (ReplayReport report : reports) {
            Outcome outcome = report.outcome();
            table.append(String.format(NUMBERED, report.machine(), outcome.translations(),
                    outcome.memoryReferencesPerTranslation(), iotlbHits(outcome), outcome.iotlbInvalidations(),
                    outcome.faults(), outcome.eventsPerSecond(), outcome.verdict().lost(), outcome.verdict().wrong(),
                    report.exitCode() == 0 ? "clean" : "NOT clean"));
        }
        table.append("REFERENCES: table entries fetched for a translation, on average. ")
                .append("IOTLB: translations found in it.");
        return table.append(System.lineSeparator()).toString();
    }

    private static double iotlbHits(Outcome outcome) {
        long hits = count(outcome.cacheHits());
        long all = hits + count(outcome.cacheMisses());
        return all == 0 ? 0 : 100.0 * hits / all;
    }

    private static long count(Map<String, Long> byCache) {
        return byCache.getOrDefault("iotlb", 0L);
    }
}
