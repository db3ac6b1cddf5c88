package org.iommu4j.replay.play;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a replay measured.
 *
 * @param maps map events played
 * @param unmaps unmap events played
 * @param liveMappings maps that no unmap covered
 * @param livePages their 4 KiB pages
 * @param peakLivePages the most pages mapped at once, in the order in which they were played
 * @param livePagesByDevice pages by the trace's name of the domain, without those that have none
 * @param translations requests that the units answered
 * @param cacheHits by cache
 * @param cacheMisses by cache
 * @param memoryReferences table entries that the units fetched
 * @param invalidations that the units carried out, by cache and granularity, for example {@code iotlb.page}; those
 * that did not occur are left out
 * @param faults that the units reported
 * @param verdict what became of the transactions
 * @param staleness what lazy unmapping left open
 * @param coverage what was proved by DMA
 * @param dmaPaused how often core stopped a device for an update
 * @param unfit events that this machine cannot do
 * @param unfitTexts the first of them in words
 * @param nanos the play took
 * @param swaps in their order
 * @param timeline how all that came about
 */
public record Outcome(long maps, long unmaps, int liveMappings, long livePages, long peakLivePages,
        SortedMap<String, Long> livePagesByDevice, long translations, SortedMap<String, Long> cacheHits,
        SortedMap<String, Long> cacheMisses, long memoryReferences, SortedMap<String, Long> invalidations, long faults,
        Verdict verdict, Coverage coverage, Staleness staleness, long dmaPaused, int unfit, List<String> unfitTexts,
        long nanos, List<SwapRow> swaps, Timeline timeline) {

    private static final Pattern OF_TRANSLATIONS = Pattern.compile("iotlb\\..*|pages\\..*|all");

    static Outcome of(Play play, Counters before, long nanos, List<SwapRow> swaps, Timeline timeline) {
        Counters after = Counters.of(play.stage());
        Progress progress = play.progress();
        SortedMap<String, Long> byDevice = new TreeMap<>();
        int mappings = 0;
        long pages = 0;
        for (DomainPlayer player : play.players()) {
            mappings += player.liveMappings();
            pages += player.livePages();
            if (player.livePages() > 0) {
                byDevice.merge(player.name(), player.livePages(), Long::sum);
            }
        }
        return new Outcome(progress.maps(), progress.unmaps(), mappings, pages, progress.peakPages(), byDevice,
                after.translations() - before.translations(), difference(after, before, "hits"),
                difference(after, before, "misses"), after.memoryReferences() - before.memoryReferences(),
                after.invalidationsSince(before), play.stage().faults().get(), play.verdict(),
                play.coverage(), Staleness.of(play),
                swaps.stream().filter(row -> row.report().method().equals("paused")).count(), progress.unfitCount(),
                progress.unfitTexts(), nanos, swaps, timeline);
    }

    private static SortedMap<String, Long> difference(Counters after, Counters before, String event) {
        SortedMap<String, Long> values = after.byCache(event);
        before.byCache(event).forEach((cache, value) -> values.merge(cache, -value, Long::sum));
        return values;
    }

    /**
     * Invalidations of translations, whatever their granularity: what AMD calls pages is the IOTLB, too, and what
     * invalidates all caches counts as well.
     */
    public long iotlbInvalidations() {
        return invalidations.entrySet().stream().filter(each -> OF_TRANSLATIONS.matcher(each.getKey()).matches())
                .mapToLong(Map.Entry::getValue).sum();
    }

    /** Table entries fetched for a translation, on average. */
    public double memoryReferencesPerTranslation() {
        return translations == 0 ? 0 : (double) memoryReferences / translations;
    }

    /** True if the machine counts what its units do; else all such counts are 0. */
    public boolean isCounted() {
        return !cacheHits.isEmpty();
    }

    public double eventsPerSecond() {
        return (maps + unmaps) * 1e9 / nanos;
    }

    /** True if nothing was lost, wrong, paused or unfit. */
    public boolean isClean(boolean skipUnfit) {
        return verdict.lost() == 0 && verdict.wrong() == 0 && dmaPaused == 0 && (skipUnfit || unfit == 0);
    }
}
