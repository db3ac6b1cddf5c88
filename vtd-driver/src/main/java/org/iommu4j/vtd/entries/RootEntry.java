package org.iommu4j.vtd.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Root entry, 128 bits, one a bus (section 9.1).
 * <pre>
 *          63                                                                          0
 *         +-----------------------------------------------------------------------------+
 * word 1  |                                     0                                       |
 *         +-----------------------------------------------------------+-------------+---+
 * word 0  |                            CTP                            |      0      | P |
 *         +-----------------------------------------------------------+-------------+---+
 *          63                                                       12 11          1  0
 * </pre>
 */
public final class RootEntry {
    static final Field P = Field.bit("P", 0, 0);
    static final Field CTP = Field.address("CTP", 0, 63, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("root entry", 2, P, CTP);
    static final int BYTES = 16;

    private RootEntry() {
    }

    static long low(long contextTable) {
        return CTP.with(contextTable) | P.mask();
    }
}
