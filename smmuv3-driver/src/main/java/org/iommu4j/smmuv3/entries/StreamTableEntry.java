package org.iommu4j.smmuv3.entries;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Level 1 stream table entry, 64 bits, one for 256 streams (section 5.1).
 * <pre>
 *  63    52 51                                           6 5 4         0
 * +--------+----------------------------------------------+-+-----------+
 * |   0    |                     L2Ptr                    |0|   Span    |
 * +--------+----------------------------------------------+-+-----------+
 * </pre>
 * Span n: the table has 2^(n-1) entries; 0: there is none.
 */
public final class StreamTableEntry {
    static final Field SPAN = Field.bits("Span", 0, 4, 0);
    static final Field L2PTR = Field.address("L2Ptr", 0, 51, 6);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("L1 stream table entry", 1, SPAN, L2PTR);

    private StreamTableEntry() {
    }

    /** @param entriesLg2 log2 of the table's entries */
    static long of(long table, int entriesLg2) {
        return L2PTR.with(table) | SPAN.with(entriesLg2 + 1);
    }
}
