package org.iommu4j.vtd.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Context entry of scalable mode, 256 bits, one a requester (section 9.4). It leads to the requester's PASID
 * directory; RID_PASID is the PASID of requests that carry none. Words 2 and 3 are reserved.
 * <pre>
 *          63                                        21   20     19                     0
 *         +--------------------------------------------+--------+------------------------+
 * word 1  |                     0                      |RID_PRIV|       RID_PASID        |
 *         +--------------------------------------------+--------+------------------------+
 *          63                              12 11   9  8 7  6    5    4    3     2   1   0
 *         +----------------------------------+------+----+----+----+---+------+---+---+---+
 * word 0  |           PASIDDIRPTR            | PDTS | 0  |EPTR|HPTE|PRE|PASIDE|DTE|FPD| P |
 *         +----------------------------------+------+----+----+----+---+------+---+---+---+
 * </pre>
 */
public final class ScalableContextEntry {
    static final Field P = Field.bit("P", 0, 0);
    private static final Field PDTS = Field.bits("PDTS", 0, 11, 9);
    static final Field PASIDDIRPTR = Field.address("PASIDDIRPTR", 0, 63, 12);
    private static final Field RID_PASID = Field.bits("RID_PASID", 1, 19, 0);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("scalable context entry", 4, P, Field.bit("FPD", 0, 1),
            Field.bit("DTE", 0, 2), Field.bit("PASIDE", 0, 3), Field.bit("PRE", 0, 4), Field.bit("HPTE", 0, 5),
            Field.bit("EPTR", 0, 6), PDTS, PASIDDIRPTR, RID_PASID, Field.bit("RID_PRIV", 1, 20));
    static final int BYTES = 32;
    /** PASID of requests without one. */
    static final int REQUESTS_WITHOUT_PASID = 0;

    /** A directory of 2^(PDTS + 7) entries: 2 makes it one frame. */
    private static final int ONE_FRAME = 2;

    private ScalableContextEntry() {
    }

    static long low(long directory) {
        return PASIDDIRPTR.with(directory) | PDTS.with(ONE_FRAME) | P.mask();
    }

    static long high() {
        return RID_PASID.with(REQUESTS_WITHOUT_PASID);
    }
}
