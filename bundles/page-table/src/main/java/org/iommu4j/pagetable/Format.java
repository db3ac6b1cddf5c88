package org.iommu4j.pagetable;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * What one page-table format adds to the algorithm: a shape, given as data, and the layout of its entries, given as
 * small functions. Entries are 64 bits wide, an empty one is 0, and whether an entry is empty is told by bits that are
 * the same at every level.
 *
 * <p>Immutable. Keep to two subclasses in one bundle: HotSpot inlines no third.
 */
public abstract class Format {
    private final int levels;
    private final int granuleLg2;
    private final int indexLg2;
    private final int inputBits;
    private final int outputBits;
    private final long pageSizes;
    private final long presentBits;

    /** A format whose IOVAs are as wide as its tables reach; parameters as below. */
    protected Format(int levels, int granuleLg2, int outputBits, long pageSizes, long presentBits) {
        this(levels, granuleLg2, granuleLg2 + levels * (granuleLg2 - ENTRY_LG2), outputBits, pageSizes, presentBits);
    }

    /**
     * @param levels of tables, the root's included
     * @param granuleLg2 log2 of the smallest page, which is also the size of a table in bytes
     * @param inputBits width of an IOVA; up to {@value #MAX_ROOTS_LG2} bits more than the levels resolve make the
     * root so many tables one after the other, as Arm's concatenated tables are
     * @param outputBits width of a physical address
     * @param pageSizes bit n set: leaves of 2^n bytes are allowed; the granule's bit is set, and each bit is the reach
     * of one entry at some level
     * @param presentBits an entry with none of these bits is empty; bit 63 is not among them
     * @throws IommuException INCOMPATIBLE if the page sizes are not those of levels
     */
    protected Format(int levels, int granuleLg2, int inputBits, int outputBits, long pageSizes, long presentBits) {
        this(levels, granuleLg2, inputBits, outputBits, pageSizes, presentBits,
                reaches(levels, granuleLg2, granuleLg2 - ENTRY_LG2));
    }

    /**
     * As above, for a format that has other page sizes than the reaches of entries.
     *
     * @param possibleSizes the page sizes that such a table has
     */
    protected Format(int levels, int granuleLg2, int inputBits, int outputBits, long pageSizes, long presentBits,
            long possibleSizes) {
        this.levels = levels;
        this.granuleLg2 = granuleLg2;
        this.indexLg2 = granuleLg2 - ENTRY_LG2;
        this.inputBits = inputBits;
        this.outputBits = outputBits;
        this.pageSizes = pageSizes;
        this.presentBits = presentBits;
        if (rootLg2() > granuleLg2 + MAX_ROOTS_LG2) {
            throw IommuException.of(Reason.INCOMPATIBLE, "IOVAs of %d bits: tables of %d levels reach %d, with %d "
                    + "tables at the top", inputBits, levels, shift(levels) + MAX_ROOTS_LG2, 1 << MAX_ROOTS_LG2);
        }
        if ((pageSizes & ~possibleSizes) != 0 || (pageSizes & 1L << granuleLg2) == 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "page sizes %#x: a table of %d levels has %#x, and needs %#x",
                    pageSizes, levels, possibleSizes, 1L << granuleLg2);
        }
    }

    private static long reaches(int levels, int granuleLg2, int indexLg2) {
        long reaches = 0;
        for (int level = 0; level < levels; level++) {
            reaches |= 1L << granuleLg2 + level * indexLg2;
        }
        return reaches;
    }

    /** Log2 of the size of an entry in bytes. */
    static final int ENTRY_LG2 = 3;
    /** Log2 of the most tables that a root may be made of. */
    static final int MAX_ROOTS_LG2 = 4;

    /**
     * The bits of a leaf that are not its address.
     *
     * @param protection {@link org.iommu4j.api.Protection} bits, READ or WRITE among them
     */
    public abstract long attributes(int level, int protection);

    /** A leaf for a physical address that is a multiple of its page's size. */
    public abstract long leaf(long pa, long attributes);

    /** Whether an entry that is not empty is a leaf; at level 0 always. */
    public abstract boolean isLeaf(long entry, int level);

    /** The physical address that a leaf maps. */
    public abstract long leafAddress(long entry, int level);

    /** What a leaf allows: the {@link org.iommu4j.api.Protection} bits that the format has. */
    public abstract int protection(long entry);

    /** An entry of a level, 1 or more, that links the table at a physical address. */
    public abstract long link(long table, int level);

    /** The physical address of the table that an entry links. */
    public abstract long linked(long entry);

    /**
     * Whether several neighbouring leaves may stand for one larger page, all with the same contents. If so, sizes
     * between the reaches of two levels are made of that many leaves of the lower one.
     */
    public boolean hasContiguousPages() {
        return false;
    }

    /** Log2 of the size of the page that a leaf is, or is a part of. */
    public int pageLg2(long leaf, int level) {
        return shift(level);
    }

    /**
     * Each of the leaves that make a contiguous page; only with {@link #hasContiguousPages}.
     *
     * @param pa of the whole page, a multiple of its size
     * @param sizeLg2 more than the reach of an entry
     */
    public long contiguousLeaf(long pa, int sizeLg2, long attributes) {
        throw new UnsupportedOperationException("no contiguous pages");
    }

    /** Whether hardware can mark the leaves of pages that it writes; if not, nobody asks the next two. */
    public boolean marksWrites() {
        return false;
    }

    /** Whether a leaf is marked as written. */
    public boolean isDirty(long leaf) {
        return false;
    }

    /** A leaf as it was before the mark. */
    public long cleaned(long leaf) {
        return leaf;
    }

    /** Whether a leaf is marked as used; without such marks always. */
    public boolean isAccessed(long leaf) {
        return true;
    }

    /** A leaf with the mark of its use cleared. */
    public long aged(long leaf) {
        return leaf;
    }

    /**
     * A leaf as hardware leaves it that has used it.
     *
     * @param write whether it has written; the leaf allows it then
     */
    public long touched(long leaf, boolean write) {
        return leaf;
    }

    public final int levels() {
        return levels;
    }

    public final int granuleLg2() {
        return granuleLg2;
    }

    /** Log2 of the number of entries of a table. */
    public final int indexLg2() {
        return indexLg2;
    }

    /** Width of an IOVA. */
    public final int inputBits() {
        return inputBits;
    }

    /** Width of a physical address. */
    public final int outputBits() {
        return outputBits;
    }

    /** Bit n set: leaves of 2^n bytes. */
    public final long pageSizes() {
        return pageSizes;
    }

    public final long presentBits() {
        return presentBits;
    }

    /** Log2 of the size of the root in bytes: of one table, or of several one after the other. */
    public final int rootLg2() {
        return granuleLg2 + Math.max(0, inputBits - shift(levels));
    }

    /** Log2 of the bytes that one entry of a level reaches. */
    public final int shift(int level) {
        return granuleLg2 + level * indexLg2;
    }
}
