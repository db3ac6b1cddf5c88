package org.iommu4j.pagetable.amdv1;

/**
 * An entry of a host (v1) table: AMD I/O Virtualization Technology (48882), section 2.2.3, page directory entry and
 * page translation entry.
 * <pre>
 *  63  62   61   60   59  58 ... 52  51 ................ 12  11     9   8  7   6   5   4..1   0
 * +---+----+----+----+---+----------+----------------------+-----------+------+---+---+-----+----+
 * | - | IW | IR | FC | U |    -     |         ADDR         | NextLevel |  -   | D | A |  -  | PR |
 * +---+----+----+----+---+----------+----------------------+-----------+------+---+---+-----+----+
 * </pre>
 * <ul>
 * <li>PR: present. IR, IW: requests may read, may write. A right holds only if each entry on the way grants it, so
 * links grant both.</li>
 * <li>NextLevel: 1 to 6 links a table of that level, below the entry's own; 0 maps a page of the entry's reach; 7 maps
 * a page of another size, which ADDR tells.</li>
 * <li>ADDR: of the next table or of the page. With NextLevel 7 the lowest zero at or above bit 12 stands one below the
 * page's size: 0 for twice 4 KiB, 01 for four times, and so on; all entries that the page reaches are the same.</li>
 * <li>FC: accesses snoop. A, D: set by hardware where the DTE asks for it, D in any of the entries of a page. U and the
 * ignored bits are 0.</li>
 * </ul>
 */
public final class AmdV1Entry {
    /** The entry is in use. */
    public static final long PRESENT = 1L;
    /** The page has been written. */
    public static final long DIRTY = 1L << 6;
    /** Lowest bit of the next level. */
    public static final int NEXT_LEVEL_SHIFT = 9;
    /** The next level. */
    public static final long NEXT_LEVEL = 7L << NEXT_LEVEL_SHIFT;
    /** Next level of a page whose size the address tells. */
    public static final long OTHER_SIZE = 7L << NEXT_LEVEL_SHIFT;
    /** Address of a table or a page. */
    public static final long ADDRESS = (1L << 52) - (1L << 12);
    /** Accesses snoop processor caches. */
    public static final long FORCE_COHERENT = 1L << 60;
    /** Requests may read. */
    public static final long READ = 1L << 61;
    /** Requests may write. */
    public static final long WRITE = 1L << 62;

    /** Widest physical address that an entry holds. */
    static final int MAX_OUTPUT_BITS = 52;

    private AmdV1Entry() {
    }
}
