package org.iommu4j.replay.play;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A machine's counters at one moment, summed over its units. Names are {@code unit.cache.event}. */
final class Counters {
    private static final String INVALIDATIONS = ".invalidations";

    private final SortedMap<String, Long> byEvent = new TreeMap<>();

    private Counters(Map<String, Long> counters) {
        counters.forEach((name, value) -> byEvent.merge(name.substring(name.indexOf('.') + 1), value, Long::sum));
    }

    static Counters of(Stage stage) {
        return new Counters(stage.counters().get());
    }

    long translations() {
        return byEvent.getOrDefault("translations", 0L);
    }

    long memoryReferences() {
        return byEvent.getOrDefault("memoryReferences", 0L);
    }

    long misses(String cache) {
        return count(cache + ".misses");
    }

    /** The count of {@code cache.event}. */
    long count(String name) {
        return byEvent.getOrDefault(name, 0L);
    }

    /**
     * Invalidations by {@code cache.granularity}, or by cache where there is one granularity only, that came since
     * earlier counters, zeroes left out. They are hardware's own account, so they go on when a driver is swapped.
     */
    SortedMap<String, Long> invalidationsSince(Counters earlier) {
        SortedMap<String, Long> found = new TreeMap<>();
        byEvent.forEach((name, value) -> {
            long since = value - earlier.byEvent.getOrDefault(name, 0L);
            if (name.contains(INVALIDATIONS) && since != 0) {
                found.put(name.replace(INVALIDATIONS, ""), since);
            }
        });
        return found;
    }

    /** Event counts by cache, for example all {@code hits}. */
    SortedMap<String, Long> byCache(String event) {
        SortedMap<String, Long> found = new TreeMap<>();
        byEvent.forEach((name, value) -> {
            if (name.endsWith("." + event)) {
                found.put(name.substring(0, name.length() - event.length() - 1), value);
            }
        });
        return found;
    }
}
