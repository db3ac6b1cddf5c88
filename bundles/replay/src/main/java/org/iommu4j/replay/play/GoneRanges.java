package org.iommu4j.replay.play;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Where mappings of one domain were and are no more: what has to be refused once everything is flushed. */
final class GoneRanges {
    /** Length by address; of several at one address the longest. */
    private final NavigableMap<Long, Long> lengths = new TreeMap<>(Long::compareUnsigned);

    void add(Mapping gone) {
        lengths.merge(gone.at, gone.length, Math::max);
    }

    /** Gives the first and the last page of each range where no mapping stands. */
    void forEachPage(Iterable<Mapping> standing, java.util.function.LongConsumer page) {
        NavigableMap<Long, Long> held = new TreeMap<>(Long::compareUnsigned);
        standing.forEach(each -> held.put(each.at, each.length));
        lengths.forEach((at, length) -> {
            long last = at + length - Frames.PAGE;
            if (isFree(held, at)) {
                page.accept(at);
            }
            if (last != at && isFree(held, last)) {
                page.accept(last);
            }
        });
    }

    private static boolean isFree(NavigableMap<Long, Long> held, long page) {
        Map.Entry<Long, Long> below = held.floorEntry(page);
        return below == null || page - below.getKey() >= below.getValue();
    }
}
