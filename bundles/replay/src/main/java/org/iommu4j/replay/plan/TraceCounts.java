package org.iommu4j.replay.plan;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a trace held, as its text says; the replay's report repeats it.
 *
 * @param lines all lines
 * @param skipped lines that say nothing the plan uses, by event name
 * @param maps {@code iommu:map} events
 * @param unmaps {@code iommu:unmap} events that unmapped something
 * @param probed how many of both had the kprobe line of their call
 * @param unattributedMaps maps in domains that no device's name could be found for
 * @param unattributedUnmaps unmaps in such domains
 * @param unmapsOfNothing unmaps of what was mapped before the trace began: they are not in the plan
 * @param invalidations invalidation commands that Linux issued, by kind ({@code qi_submit}'s words, AMD's names)
 */
public record TraceCounts(int lines, Map<String, Integer> skipped, int maps, int unmaps, int probed,
        int unattributedMaps, int unattributedUnmaps, int unmapsOfNothing, Map<String, Integer> invalidations) {

    /** Copies the two maps, in the order of their names. */
    public TraceCounts {
        skipped = Collections.unmodifiableMap(new TreeMap<>(skipped));
        invalidations = Collections.unmodifiableMap(new TreeMap<>(invalidations));
    }

    /** {@code qi_submit}'s word for an IOTLB invalidation. */
    public static final String IOTLB_INVALIDATION = "iotlb_inv";

    /** Lines skipped, of all names. */
    public int skippedLines() {
        return skipped.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Maps and unmaps in domains without a device. */
    public int unattributed() {
        return unattributedMaps + unattributedUnmaps;
    }

    /** Linux's own VT-d IOTLB invalidations: the yardstick for ours. */
    public int iotlbInvalidations() {
        return invalidations.getOrDefault(IOTLB_INVALIDATION, 0);
    }
}
