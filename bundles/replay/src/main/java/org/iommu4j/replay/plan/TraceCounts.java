package org.iommu4j.replay.plan;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
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
 * @param invalidations invalidation commands that Linux issued, by kind ({@code qi_submit}'s words, names of commands)
 */
public record TraceCounts(int lines, Map<String, Integer> skipped, int maps, int unmaps, int probed,
        int unattributedMaps, int unattributedUnmaps, int unmapsOfNothing, Map<String, Integer> invalidations) {

    /** Copies the two maps, in the order of their names. */
    public TraceCounts {
        skipped = Collections.unmodifiableMap(new TreeMap<>(skipped));
        invalidations = Collections.unmodifiableMap(new TreeMap<>(invalidations));
    }

    /** {@code qi_submit}'s word for an IOTLB invalidation, and the other vendors' names for what is the same. */
    private static final Set<String> IOTLB_INVALIDATIONS = Set.of("iotlb_inv", "INVALIDATE_IOMMU_PAGES",
            "INVALIDATE_IOMMU_ALL", "TLBI_NH_ALL", "TLBI_NH_ASID", "TLBI_NH_VA", "TLBI_NH_VAA", "TLBI_S12_VMALL",
            "TLBI_S2_IPA", "TLBI_NSNH_ALL");
    /** What only says when the invalidations before it are complete. */
    private static final Set<String> WAITS = Set.of("COMPLETION_WAIT", "SYNC");

    /** True for what invalidates translations. @param kind as in {@link #invalidations} */
    public static boolean isOfIotlb(String kind) {
        return IOTLB_INVALIDATIONS.contains(kind);
    }

    /** True for what ends a list of invalidations. @param kind as in {@link #invalidations} */
    public static boolean isWait(String kind) {
        return WAITS.contains(kind);
    }

    /** Lines skipped, of all names. */
    public int skippedLines() {
        return skipped.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Maps and unmaps in domains without a device. */
    public int unattributed() {
        return unattributedMaps + unattributedUnmaps;
    }

    /** Linux's own invalidations of translations: the yardstick for ours. 0 if the trace does not tell. */
    public int iotlbInvalidations() {
        return IOTLB_INVALIDATIONS.stream().mapToInt(kind -> invalidations.getOrDefault(kind, 0)).sum();
    }
}
