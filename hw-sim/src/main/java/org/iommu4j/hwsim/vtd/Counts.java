package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.cache.ThreadCounts;

/** What a device thread counts. */
final class Counts extends ThreadCounts {
    static final int TRANSLATIONS = 0;
    static final int CONTEXT_HITS = 1;
    static final int CONTEXT_MISSES = 2;
    static final int PASID_HITS = 3;
    static final int PASID_MISSES = 4;
    static final int IOTLB_HITS = 5;
    static final int IOTLB_MISSES = 6;
    static final int WALK_HITS = 7;
    static final int WALK_MISSES = 8;
    static final int MEMORY_REFERENCES = 9;
    static final int FAULTS = 10;

    private static final String[] NAMES = {
        "translations", "context.hits", "context.misses", "pasid.hits", "pasid.misses", "iotlb.hits", "iotlb.misses",
        "walk.hits", "walk.misses", "memoryReferences", "faults"};

    Counts() {
        super(NAMES);
    }
}
