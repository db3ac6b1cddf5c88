package org.iommu4j.vtd.queues;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** How many descriptors of each kind were sent. Counted under the sender's lock, read by any thread. */
public final class QueueCounts {
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

    private final AtomicLongArray counts = new AtomicLongArray(TYPES);

    /** One thread at a time. */
    void count(long low) {
        int type = type(low);
        counts.lazySet(type, counts.get(type) + 1);
    }

    static int type(long low) {
        return (int) (low & TYPE);
    }

    static String name(long low) {
        return NAMES[type(low)];
    }

    /** {@code kind=count} of each kind that was sent. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int type = 0; type < TYPES; type++) {
            if (counts.get(type) != 0) {
                lines.add(NAMES[type] + "=" + counts.get(type));
            }
        }
        return lines;
    }

    /** By descriptor type. */
    public List<Long> words() {
        return IntStream.range(0, TYPES).mapToObj(counts::get).toList();
    }

    /** Goes on counting from what a former driver sent; before the first is sent. */
    public void add(List<Long> earlier) {
        for (int type = 0; type < Math.min(TYPES, earlier.size()); type++) {
            counts.addAndGet(type, earlier.get(type));
        }
    }
}
