package org.iommu4j.amdvi.queues;

import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * INVALIDATE_IOMMU_PAGES (section 2.4.3): translations of a domain, and with PDE the tables on the way to them.
 * <pre>
 *          63                                                    12 11     3  2   1   0
 *         +--------------------------------------------------------+--------+---+---+---+
 * word 1  |                        ADDR                            |   0    |GN |PDE| S |
 *         +--------------------------------------------------------+--------+---+---+---+
 *          63   60 59       48 47            32 31      20 19                           0
 *         +-------+-----------+----------------+----------+------------------------------+
 * word 0  | Op 3  |     0     |    DomainID    |    0     |            PASID             |
 *         +-------+-----------+----------------+----------+------------------------------+
 * </pre>
 * S=0: one page of 4 KiB. S=1: the lowest zero at or above bit 12 stands one below the size of the range, as in a host
 * table's entry; bits 62 to 12 all ones, and 63 zero, mean everything. GN=1: guest translations of a PASID.
 */
public final class InvalidatePages {
    private static final Field PASID = Field.bits("PASID", 0, 19, 0);
    private static final Field DOMAIN = Field.bits("DomainID", 0, 47, 32);
    private static final Field S = Field.bit("S", 1, 0);
    private static final Field PDE = Field.bit("PDE", 1, 1);
    private static final Field GN = Field.bit("GN", 1, 2);
    private static final Field ADDRESS = Field.address("ADDR", 1, 63, 12);
    /** All fields. */
    public static final Layout LAYOUT = Layout.of("INVALIDATE_IOMMU_PAGES", 2, PASID, DOMAIN, CommandKind.OP, S, PDE,
            GN, ADDRESS);

    private static final int PAGE_LG2 = 12;

    private InvalidatePages() {
    }

    /** Lower word. @param pasid 0 for host translations, and for guest translations of requests without PASID */
    public static long domain(int domainId, int pasid) {
        return CommandKind.INVALIDATE_IOMMU_PAGES.op() | DOMAIN.with(domainId) | PASID.with(pasid);
    }

    /**
     * Upper word for the smallest range that hardware can be told of and that holds all of another.
     *
     * @param last inclusive
     * @param tables true if cached tables on the way are meant too
     */
    public static long range(long start, long last, boolean tables, boolean guest) {
        int sizeLg2 = Math.max(PAGE_LG2, Long.SIZE - Long.numberOfLeadingZeros(start ^ last));
        long place = sizeLg2 == Long.SIZE ? 0 : start >>> sizeLg2 << sizeLg2;
        long ones = (1L << sizeLg2 - 1) - 1 & ADDRESS.mask();
        return place | ones | (sizeLg2 > PAGE_LG2 ? S.mask() : 0) | flags(tables, guest);
    }

    /** Upper word for every address, and the tables on the way. */
    public static long everything(boolean guest) {
        return range(0, -1, true, guest);
    }

    private static long flags(boolean tables, boolean guest) {
        return (tables ? PDE.mask() : 0) | (guest ? GN.mask() : 0);
    }
}
