package org.iommu4j.hwsim.cache;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Size of a cache.
 *
 * @param sets a power of two, 1 to 65536
 * @param ways entries of a set, 1 to 64
 */
public record CacheGeometry(int sets, int ways) {
    /** Upper limit of {@link #sets}. */
    public static final int MOST_SETS = 1 << 16;
    /** Upper limit of {@link #ways}. */
    public static final int MOST_WAYS = 64;

    public CacheGeometry {
        if (sets < 1 || sets > MOST_SETS || Integer.bitCount(sets) != 1 || ways < 1 || ways > MOST_WAYS) {
            throw IommuException.of(Reason.BAD_INPUT,
                    "cache of %d sets, %d ways: sets are a power of two up to %d, ways 1 to %d", sets, ways, MOST_SETS,
                    MOST_WAYS);
        }
    }
}
