package org.iommu4j.pagetable.arm;

/**
 * A VMSAv8-64 descriptor: section D8.3. What is the same in both stages; attributes of a leaf:
 * <pre>
 *          63 59 58 55 54  53  52   51  50 48 47 ............. n  11  10  9  8 7   6 5  4   2   1   0
 *         +-----+-----+---+---+----+---+-----+------------------+---+---+-----+-----+--+------+----+---+
 * stage 1 |  -  |  -  |UXN|PXN|Cont|DBM|  -  |       ADDR       |nG |AF | SH  | AP  |NS|AttrIx|type| V |
 *         +-----+-----+---+---+----+---+-----+------------------+---+---+-----+-----+--+------+----+---+
 * stage 2 |  -  |  -  |  XN   |Cont|DBM|  -  |       ADDR       | 0 |AF | SH  |S2AP | MemAttr |type| V |
 *         +-----+-----+---+---+----+---+-----+------------------+---+---+-----+-----+---------+----+---+
 * </pre>
 * <ul>
 * <li>V, type: 1 1 a table, and in the last level a page; 1 0 a block, above the last level.</li>
 * <li>ADDR: of the next table, or of the page or block; n is log2 of its size. Widths up to 48 bits.</li>
 * <li>AF: always set, so that no access faults for want of it and hardware has nothing to write.</li>
 * <li>SH: 3 inner shareable, 2 outer shareable, which is what device memory and non-cacheable memory are anyway.</li>
 * </ul>
 */
public final class Descriptor {
    static final long VALID = 1L;
    /** Set in tables and in pages of the last level, clear in blocks. */
    static final long NOT_BLOCK = 1L << 1;
    static final long OUTER_SHAREABLE = 2L << 8;
    static final long INNER_SHAREABLE = 3L << 8;
    static final long ACCESSED = 1L << 10;
    static final long ADDRESS = (1L << 48) - (1L << 12);

    /** Widest address, in and out. */
    public static final int MAX_BITS = 48;

    private static final int SMALL = 12;
    private static final int MIDDLE = 14;
    private static final int LARGE = 16;
    private static final int INDEX_BITS = 3;

    private Descriptor() {
    }

    /** Bit n set: pages and blocks of 2^n bytes that tables of a granule have, 12, 14 or 16; 0 for any other. */
    public static long pageSizes(int granuleLg2) {
        return switch (granuleLg2) {
            case SMALL -> 1L << 12 | 1L << 21 | 1L << 30;
            case MIDDLE -> 1L << 14 | 1L << 25;
            case LARGE -> 1L << 16 | 1L << 29;
            default -> 0;
        };
    }

    /** How many levels tables of a granule need for addresses of so many bits. */
    public static int levels(int granuleLg2, int bits) {
        int index = granuleLg2 - INDEX_BITS;
        return (bits - granuleLg2 + index - 1) / index;
    }
}
