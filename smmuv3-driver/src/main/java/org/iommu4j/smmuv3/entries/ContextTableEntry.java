package org.iommu4j.smmuv3.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Level 1 context descriptor table entry, 64 bits, one for 64 substreams (section 5.4.1).
 * <pre>
 *  63    52 51                                          12 11       1   0
 * +--------+----------------------------------------------+----------+---+
 * |   0    |                     L2Ptr                    |    0     | V |
 * +--------+----------------------------------------------+----------+---+
 * </pre>
 */
public final class ContextTableEntry {
    static final Field V = Field.bit("V", 0, 0);
    static final Field L2PTR = Field.address("L2Ptr", 0, 51, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("L1 CD table entry", 1, V, L2PTR);

    private ContextTableEntry() {
    }

    static long of(long table) {
        return L2PTR.with(table) | V.mask();
    }
}
