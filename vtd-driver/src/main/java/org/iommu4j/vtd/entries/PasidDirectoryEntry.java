package org.iommu4j.vtd.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * PASID directory entry, 64 bits, one for 64 PASIDs (section 9.5).
 * <pre>
 *  63                                                       12 11         2   1   0
 * +-----------------------------------------------------------+------------+---+---+
 * |                         SMPTBLPTR                         |     0      |FPD| P |
 * +-----------------------------------------------------------+------------+---+---+
 * </pre>
 */
public final class PasidDirectoryEntry {
    static final Field P = Field.bit("P", 0, 0);
    static final Field SMPTBLPTR = Field.address("SMPTBLPTR", 0, 63, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("PASID directory entry", 1, P, Field.bit("FPD", 0, 1), SMPTBLPTR);

    private PasidDirectoryEntry() {
    }

    static long of(long table) {
        return SMPTBLPTR.with(table) | P.mask();
    }
}
