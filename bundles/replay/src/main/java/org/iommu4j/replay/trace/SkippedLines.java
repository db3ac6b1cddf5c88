package org.iommu4j.replay.trace;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Counts the lines that no visitor saw, by event name: what a replay leaves out must be visible. One thread. */
final class SkippedLines {

    private final ByteNames names;
    private int[] unused = new int[256];
    private final Map<String, Integer> unreadable = new TreeMap<>();
    private int noEvent;

    SkippedLines(ByteNames names) {
        this.names = names;
    }

    /** A line without an event: a comment, a header, or no trace text at all. */
    void noEvent() {
        noEvent++;
    }

    /** A line of an event that the replay does not use. */
    void unused(int name) {
        if (name >= unused.length) {
            unused = Arrays.copyOf(unused, name * 2);
        }
        unused[name]++;
    }

    /** A line of a helpful event whose fields could not be read. */
    void unreadable(int name) {
        unreadable.merge(names.name(name) + " (unreadable)", 1, Integer::sum);
    }

    /** All counts by name. */
    Map<String, Integer> byName() {
        Map<String, Integer> byName = new TreeMap<>(unreadable);
        for (int name = 0; name < unused.length; name++) {
            if (unused[name] > 0) {
                byName.put(names.name(name), unused[name]);
            }
        }
        if (noEvent > 0) {
            byName.put("(no event)", noEvent);
        }
        return byName;
    }
}
