package org.iommu4j.vtd.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Context-cache invalidate descriptor (section 6.5.2.1). The upper word is 0.
 * <pre>
 *  63  50 49 48 47            32 31            16 15   6 5   4 3      0
 * +------+-----+----------------+----------------+------+-----+--------+
 * |  0   | FM  |      SID       |      DID       |  0   |  G  | Type 1 |
 * +------+-----+----------------+----------------+------+-----+--------+
 * </pre>
 */
public final class ContextCacheInvalidation {
    private static final Field TYPE = Field.bits("Type", 0, 3, 0);
    /** Granularity: 1 global, 2 domain, 3 device. */
    static final Field G = Field.bits("G", 0, 5, 4);
    static final Field DID = Field.bits("DID", 0, 31, 16);
    static final Field SID = Field.bits("SID", 0, 47, 32);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("cc_inv", 2, TYPE, G, DID, SID, Field.bits("FM", 0, 49, 48));

    /** Descriptor type. */
    static final int NUMBER = 1;
    private static final int GLOBAL = 1;
    private static final int DEVICE = 3;

    private ContextCacheInvalidation() {
    }

    /** All entries. */
    public static long global() {
        return TYPE.with(NUMBER) | G.with(GLOBAL);
    }

    /** The entry of one requester, cached under a domain id; 0 is that of absent entries in caching mode. */
    public static long device(int requester, int domainId) {
        return TYPE.with(NUMBER) | G.with(DEVICE) | DID.with(domainId) | SID.with(requester);
    }
}
