package org.iommu4j.replay.play;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Mappings that stand, for those who look for one at random. It holds the newest of each place: a sample, not all of
 * them. Any thread.
 */
final class LiveBoard {
    private static final int PLACES = 1 << 12;

    private final AtomicReferenceArray<Mapping> places = new AtomicReferenceArray<>(PLACES);

    void put(Mapping mapping, SplittableRandom random) {
        mapping.slot = random.nextInt(PLACES);
        places.set(mapping.slot, mapping);
    }

    void remove(Mapping mapping) {
        if (mapping.slot >= 0) {
            places.compareAndSet(mapping.slot, mapping, null);
        }
    }

    /** A pinned mapping, or null if none was met in a few tries. */
    Mapping pinAny(SplittableRandom random) {
        for (int probes = 0; probes < PLACES; probes++) {
            Mapping mapping = places.get(random.nextInt(PLACES));
            if (mapping != null && mapping.pin()) {
                return mapping;
            }
        }
        return null;
    }
}
