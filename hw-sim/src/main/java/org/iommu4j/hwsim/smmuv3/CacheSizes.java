package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.hwsim.cache.CacheGeometry;

/**
 * Sizes of a unit's caches.
 *
 * @param ste of stream table entries, and of level-1 stream table descriptors
 * @param cd of context descriptors, and of level-1 context descriptors
 * @param iotlb of translations: of a stage, or of both combined
 * @param walk of table descriptors
 */
record CacheSizes(CacheGeometry ste, CacheGeometry cd, CacheGeometry iotlb, CacheGeometry walk) {
    private static final int WAYS = 4;

    /** What a unit has if its definition does not say. */
    static final CacheSizes DEFAULT = new CacheSizes(new CacheGeometry(16, WAYS), new CacheGeometry(16, WAYS),
            new CacheGeometry(64, WAYS), new CacheGeometry(16, WAYS));

    /** Every cache holds one entry. */
    static final CacheSizes SMALLEST = of(new CacheGeometry(1, 1));

    /** All caches of one size. */
    static CacheSizes of(CacheGeometry each) {
        return new CacheSizes(each, each, each, each);
    }
}
