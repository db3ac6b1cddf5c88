package org.iommu4j.vtd.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * PASID-cache invalidate descriptor (section 6.5.2.2). The upper words are 0.
 * <pre>
 *  63      52 51                 32 31            16 15   6 5   4 3      0
 * +----------+---------------------+----------------+------+-----+--------+
 * |    0     |        PASID        |      DID       |  0   |  G  | Type 7 |
 * +----------+---------------------+----------------+------+-----+--------+
 * </pre>
 */
public final class PasidCacheInvalidation {
    private static final Field TYPE = Field.bits("Type", 0, 3, 0);
    /** Granularity: 0 domain, 1 PASID in a domain, 3 global. */
    private static final Field G = Field.bits("G", 0, 5, 4);
    private static final Field DID = Field.bits("DID", 0, 31, 16);
    private static final Field PASID = Field.bits("PASID", 0, 51, 32);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("pc_inv", 4, TYPE, G, DID, PASID);

    /** Descriptor type. */
    static final int NUMBER = 7;
    private static final int PASID_IN_DOMAIN = 1;
    private static final int GLOBAL = 3;

    private PasidCacheInvalidation() {
    }

    /** All entries. */
    public static long global() {
        return TYPE.with(NUMBER) | G.with(GLOBAL);
    }

    /** The entries of one PASID that are cached under a domain id. */
    public static long pasid(int pasid, int domainId) {
        return TYPE.with(NUMBER) | G.with(PASID_IN_DOMAIN) | DID.with(domainId) | PASID.with(pasid);
    }
}
