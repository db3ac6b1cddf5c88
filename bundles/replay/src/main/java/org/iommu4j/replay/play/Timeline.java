package org.iommu4j.replay.play;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counters over the time of a play, in rows of the same distance. Bounded: when it is full, every second row goes and
 * the distance doubles. One thread writes; others read when it has ended.
 */
public final class Timeline {
    static final int CAPACITY = 512;

    /** What is always there; the caches' hits and misses follow. */
    private static final List<String> FIXED = List.of("nanos", "maps", "unmaps", "livePages", "probeFaults",
            "translations", "memoryReferences");

    private final List<String> names = new ArrayList<>(FIXED);
    private final long[][] columns;
    private int rows;
    private int stride = 1;
    private int skipped;

    /** @param caches names of the machine's caches */
    Timeline(Iterable<String> caches) {
        for (String cache : caches) {
            names.add(cache + ".hits");
            names.add(cache + ".misses");
        }
        columns = new long[names.size()][CAPACITY];
    }

    /** Takes what the play has counted at this moment, unless its row would be too near to the one before. */
    void take(Play play, Counters start, long nanos) {
        if (++skipped >= stride) {
            skipped = 0;
            write(play, start, nanos);
        }
    }

    /** Takes the last row. */
    void end(Play play, Counters start, long nanos) {
        write(play, start, nanos);
    }

    private void write(Play play, Counters start, long nanos) {
        if (rows == CAPACITY) {
            dropEverySecond();
        }
        Progress progress = play.progress();
        Counters now = Counters.of(play.stage());
        long[] fixed = {nanos, progress.maps(), progress.unmaps(), progress.livePages(), play.verdict().probeFaults(),
            now.translations() - start.translations(), now.memoryReferences() - start.memoryReferences()};
        for (int column = 0; column < names.size(); column++) {
            columns[column][rows] = column < fixed.length ? fixed[column]
                    : now.count(names.get(column)) - start.count(names.get(column));
        }
        rows++;
    }

    private void dropEverySecond() {
        for (long[] column : columns) {
            for (int row = 0; row < CAPACITY / 2; row++) {
                column[row] = column[2 * row + 1];
            }
        }
        rows = CAPACITY / 2;
        stride *= 2;
    }

    /** Columns by name: totals since the beginning, {@code livePages} at the moment, {@code nanos} the moment. */
    public SortedMap<String, long[]> columns() {
        SortedMap<String, long[]> copy = new TreeMap<>();
        for (int column = 0; column < names.size(); column++) {
            copy.put(names.get(column), Arrays.copyOf(columns[column], rows));
        }
        return copy;
    }
}
