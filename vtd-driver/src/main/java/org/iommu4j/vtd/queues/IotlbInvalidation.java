package org.iommu4j.vtd.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * IOTLB invalidate descriptor (section 6.5.2.3).
 * <pre>
 *          63                                    12 11       7  6  5              0
 *         +----------------------------------------+----------+---+----------------+
 * word 1  |                  ADDR                  |    0     |IH |       AM       |
 *         +----------------------------------------+----------+---+----------------+
 *          63                32 31            16 15    8   7   6  5   4 3        0
 *         +--------------------+----------------+-------+---+---+-----+------------+
 * word 0  |         0          |      DID       |   0   |DR |DW |  G  |   Type 2   |
 *         +--------------------+----------------+-------+---+---+-----+------------+
 * </pre>
 */
public final class IotlbInvalidation {
    private static final Field TYPE = Field.bits("Type", 0, 3, 0);
    /** Granularity: 1 global, 2 domain, 3 pages of a domain. */
    static final Field G = Field.bits("G", 0, 5, 4);
    static final Field DW = Field.bit("DW", 0, 6);
    static final Field DR = Field.bit("DR", 0, 7);
    static final Field DID = Field.bits("DID", 0, 31, 16);
    static final Field AM = Field.bits("AM", 1, 5, 0);
    static final Field IH = Field.bit("IH", 1, 6);
    static final Field ADDR = Field.address("ADDR", 1, 63, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("iotlb_inv", 2, TYPE, G, DW, DR, DID, AM, IH, ADDR);

    /** Descriptor type. */
    static final int NUMBER = 2;
    private static final int GLOBAL = 1;
    private static final int DOMAIN = 2;
    private static final int PAGES = 3;
    private static final int PAGE_LG2 = 12;

    private IotlbInvalidation() {
    }

    /** The bits that make the descriptor wait for reads and writes under way, as far as the unit has them. */
    public static long drains(boolean reads, boolean writes) {
        return DR.with(reads ? 1 : 0) | DW.with(writes ? 1 : 0);
    }

    /** All entries. */
    public static long global(long drains) {
        return TYPE.with(NUMBER) | G.with(GLOBAL) | drains;
    }

    /** All entries of a domain; the upper word is 0. */
    public static long domain(int domainId, long drains) {
        return TYPE.with(NUMBER) | G.with(DOMAIN) | drains | DID.with(domainId);
    }

    /** Lower word for pages of a domain. */
    public static long pages(int domainId, long drains) {
        return TYPE.with(NUMBER) | G.with(PAGES) | drains | DID.with(domainId);
    }

    /**
     * Upper word for pages of a domain.
     *
     * @param maskBits log2 of the pages, from {@link #maskBits}
     * @param leavesOnly true if no table was unlinked, so that cached table entries stay right
     */
    public static long range(long iova, int maskBits, boolean leavesOnly) {
        long address = iova >>> PAGE_LG2 + maskBits << PAGE_LG2 + maskBits;
        return ADDR.with(address) | IH.with(leavesOnly ? 1 : 0) | AM.with(maskBits);
    }

    /** Log2 of the pages of the smallest aligned power of two that holds both addresses. */
    public static int maskBits(long start, long last) {
        return Long.SIZE - Long.numberOfLeadingZeros((start ^ last) >>> PAGE_LG2);
    }
}
