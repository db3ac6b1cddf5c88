package org.iommu4j.vtd.queues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How many descriptors of each kind a queue took. Changed under the queue's lock. */
final class QueueCounts {
    /** Descriptor types have four bits in the kinds that this driver sends. */
    static final int TYPES = 16;

    private static final long TYPE = TYPES - 1;
    private static final String[] NAMES = new String[TYPES];

    static {
        Arrays.fill(NAMES, "other");
        NAMES[ContextCacheInvalidation.NUMBER] = ContextCacheInvalidation.LAYOUT.name();
        NAMES[IotlbInvalidation.NUMBER] = IotlbInvalidation.LAYOUT.name();
        NAMES[InvalidationWait.NUMBER] = InvalidationWait.LAYOUT.name();
        NAMES[PasidIotlbInvalidation.NUMBER] = PasidIotlbInvalidation.LAYOUT.name();
        NAMES[PasidCacheInvalidation.NUMBER] = PasidCacheInvalidation.LAYOUT.name();
    }

    private final long[] counts = new long[TYPES];

    void count(long low) {
        counts[(int) (low & TYPE)]++;
    }

    static String name(long low) {
        return NAMES[(int) (low & TYPE)];
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int type = 0; type < TYPES; type++) {
            if (counts[type] != 0) {
                lines.add(NAMES[type] + "=" + counts[type]);
            }
        }
        return lines;
    }

    long[] words() {
        return counts.clone();
    }

    void add(long[] words) {
        for (int type = 0; type < Math.min(TYPES, words.length); type++) {
            counts[type] += words[type];
        }
    }
}
