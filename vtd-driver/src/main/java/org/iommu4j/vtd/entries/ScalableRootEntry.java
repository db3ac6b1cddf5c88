package org.iommu4j.vtd.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Root entry of scalable mode, 128 bits, one a bus (section 9.2). The two words are independent: the lower one is for
 * devices 0 to 15 of the bus, the upper one for 16 to 31.
 * <pre>
 *          63                                                         12 11         1  0
 *         +-------------------------------------------------------------+-------------+---+
 * word 1  |                            UCTP                             |      0      | UP|
 *         +-------------------------------------------------------------+-------------+---+
 * word 0  |                            LCTP                             |      0      | LP|
 *         +-------------------------------------------------------------+-------------+---+
 * </pre>
 */
public final class ScalableRootEntry {
    static final Field LP = Field.bit("LP", 0, 0);
    static final Field LCTP = Field.address("LCTP", 0, 63, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("scalable root entry", 2, LP, LCTP, Field.bit("UP", 1, 0),
            Field.address("UCTP", 1, 63, 12));
    static final int BYTES = 16;

    private ScalableRootEntry() {
    }

    /** Either word: both have the same form. */
    static long word(long contextTable) {
        return LCTP.with(contextTable) | LP.mask();
    }
}
