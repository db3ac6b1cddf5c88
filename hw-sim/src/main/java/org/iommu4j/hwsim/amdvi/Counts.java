package org.iommu4j.hwsim.amdvi;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;

/** One device thread's counters, padded so that they share no cache line. Written by that thread, read by any. */
final class Counts {
    static final int TRANSLATIONS = 0;
    static final int DEVICE_HITS = 1;
    static final int DEVICE_MISSES = 2;
    static final int GUEST_HITS = 3;
    static final int GUEST_MISSES = 4;
    static final int IOTLB_HITS = 5;
    static final int IOTLB_MISSES = 6;
    static final int WALK_HITS = 7;
    static final int WALK_MISSES = 8;
    static final int MEMORY_REFERENCES = 9;
    static final int FAULTS = 10;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int PAD = 16;
    private static final String[] NAMES = {
        "translations", "devices.hits", "devices.misses", "guests.hits", "guests.misses", "iotlb.hits", "iotlb.misses",
        "walk.hits", "walk.misses", "memoryReferences", "faults"};

    private final long[] counts = new long[2 * PAD + NAMES.length];

    void add(int counter) {
        counts[PAD + counter]++;
    }

    /** Adds these to what is there under {@code unit.name}. */
    void addTo(String unit, Map<String, Long> into) {
        for (int i = 0; i < NAMES.length; i++) {
            into.merge(unit + "." + NAMES[i], (long) LONGS.getOpaque(counts, PAD + i), Long::sum);
        }
    }
}
