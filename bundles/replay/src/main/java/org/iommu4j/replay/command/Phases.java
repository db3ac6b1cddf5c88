package org.iommu4j.replay.command;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long each phase of a run took. It runs from birth. One thread. */
final class Phases {
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private long began = System.nanoTime();

    /** A phase has ended, the next one begins. */
    void end(String phase) {
        long now = System.nanoTime();
        nanos.put(phase, now - began);
        began = now;
    }

    /** Those that have ended, in their order. */
    Map<String, Long> nanos() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(nanos));
    }
}
