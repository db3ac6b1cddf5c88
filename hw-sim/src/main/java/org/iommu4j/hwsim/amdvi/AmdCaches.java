package org.iommu4j.hwsim.amdvi;

import org.iommu4j.hwsim.cache.CacheGeometry;

/**
 * Sizes of a unit's caches.
 *
 * @param devices of device table entries
 * @param guests of guest CR3 table entries
 * @param iotlb of translations of either stage
 * @param walk of pointers to tables of either stage
 */
public record AmdCaches(CacheGeometry devices, CacheGeometry guests, CacheGeometry iotlb, CacheGeometry walk) {
    private static final int WAYS = 4;

    /** What a unit has if its definition does not say. */
    public static final AmdCaches DEFAULT = new AmdCaches(new CacheGeometry(16, WAYS), new CacheGeometry(16, WAYS),
            new CacheGeometry(64, WAYS), new CacheGeometry(16, WAYS));

    /** Every cache holds one entry. */
    public static final AmdCaches SMALLEST = of(new CacheGeometry(1, 1));

    /** All caches of one size. */
    public static AmdCaches of(CacheGeometry each) {
        return new AmdCaches(each, each, each, each);
    }
}
