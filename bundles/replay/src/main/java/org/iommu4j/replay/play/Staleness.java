package org.iommu4j.replay.play;

import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.dma.FlushReport;

/**
 * What lazy unmapping left open, and what ended it. All 0 in strict mode.
 *
 * @param accesses probes that still reached the old frame after its unmap had returned
 * @param maxNanos the longest time from an unmap to the end of its flush
 * @param queued ranges that waited for a flush
 * @param flushes by cause: {@code timer} (10 ms), {@code fullRing} (256 ranges of a thread), {@code map} (over a range
 * that still waited), {@code demand} (the end of the play)
 */
public record Staleness(long accesses, long maxNanos, long queued, SortedMap<String, Long> flushes) {
    static Staleness of(Play play) {
        Collection<IommuGroup> groups = play.players().stream().map(DomainPlayer::group).distinct().toList();
        List<FlushReport> reports = groups.stream().map(play.stage().dma()::report).toList();
        SortedMap<String, Long> flushes = new TreeMap<>();
        for (FlushReport report : reports) {
            flushes.merge("timer", report.onTimer(), Long::sum);
            flushes.merge("fullRing", report.onFullRing(), Long::sum);
            flushes.merge("map", report.onMap(), Long::sum);
            flushes.merge("demand", report.onDemand(), Long::sum);
        }
        return new Staleness(play.verdict().stale(),
                reports.stream().mapToLong(FlushReport::longestStaleNanos).max().orElse(0),
                reports.stream().mapToLong(FlushReport::queued).sum(), flushes);
    }

    /** Flushes that a map forced because its range still waited. */
    public long forced() {
        return flushes.getOrDefault("map", 0L);
    }
}
