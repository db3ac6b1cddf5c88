package org.iommu4j.vtd.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * PASID-based IOTLB invalidate descriptor (section 6.5.2.4): for what is cached of first-stage and pass-through
 * translation in scalable mode. The upper words are 0.
 * <pre>
 *          63                                     12 11     7  6  5            0
 *         +-----------------------------------------+--------+---+--------------+
 * word 1  |                  ADDR                   |   0    |IH |      AM      |
 *         +-----------------------------------------+--------+---+--------------+
 *          63  52 51               32 31            16 15  6 5   4 3           0
 *         +------+-------------------+----------------+-----+-----+-------------+
 * word 0  |  0   |       PASID       |      DID       |  0  |  G  |   Type 6    |
 *         +------+-------------------+----------------+-----+-----+-------------+
 * </pre>
 */
public final class PasidIotlbInvalidation {
    private static final Field TYPE = Field.bits("Type", 0, 3, 0);
    /** Granularity: 2 all of a PASID, 3 pages of a PASID. */
    private static final Field G = Field.bits("G", 0, 5, 4);
    private static final Field DID = Field.bits("DID", 0, 31, 16);
    private static final Field PASID = Field.bits("PASID", 0, 51, 32);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("p_iotlb_inv", 4, TYPE, G, DID, PASID, IotlbInvalidation.AM,
            IotlbInvalidation.IH, IotlbInvalidation.ADDR);

    /** Descriptor type. */
    static final int NUMBER = 6;
    private static final int ALL_OF_PASID = 2;
    private static final int PAGES = 3;

    private PasidIotlbInvalidation() {
    }

    /** Lower word for pages of a PASID; the upper one is {@link IotlbInvalidation#range}. */
    public static long pages(int pasid, int domainId) {
        return TYPE.with(NUMBER) | G.with(PAGES) | DID.with(domainId) | PASID.with(pasid);
    }

    /** Everything cached of a PASID under a domain id. */
    public static long pasid(int pasid, int domainId) {
        return TYPE.with(NUMBER) | G.with(ALL_OF_PASID) | DID.with(domainId) | PASID.with(pasid);
    }
}
