package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.cache.CacheGeometry;

/**
 * Sizes of a unit's caches.
 *
 * @param context of context entries
 * @param pasid of PASID-table entries
 * @param iotlb of translations
 * @param walk of second-stage entries above the leaves
 */
public record VtdCaches(CacheGeometry context, CacheGeometry pasid, CacheGeometry iotlb, CacheGeometry walk) {
    private static final int WAYS = 4;

    /** What a unit has if its definition does not say. */
    public static final VtdCaches DEFAULT = new VtdCaches(new CacheGeometry(16, WAYS), new CacheGeometry(16, WAYS),
            new CacheGeometry(64, WAYS), new CacheGeometry(16, WAYS));

    /** Every cache holds one entry. */
    public static final VtdCaches SMALLEST = of(new CacheGeometry(1, 1));

    /** All caches of one size. */
    public static VtdCaches of(CacheGeometry each) {
        return new VtdCaches(each, each, each, each);
    }
}
