package org.iommu4j.pagetable.amdv1;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.pagetable.Format;

/**
 * AMD host (v1) translation: AMD I/O Virtualization Technology (48882), section 2.2.3. Tables of 512 entries, see
 * {@link AmdV1Entry}; 3 to 6 levels; pages of every power of two. A table of fewer levels becomes one of more by a new
 * root whose first entry links the old one: {@link org.iommu4j.pagetable.PageTable#grown}.
 *
 * <p><b>Width.</b> 39, 48 and 57 bits with 3 to 5 levels. The sixth level would reach 64; tables of ours end at 62
 * bits, so that neither an address nor the one behind it is ever negative.
 */
public final class AmdV1 extends Format {
    /** Fewest levels that a table has here. */
    public static final int LEAST_LEVELS = 3;
    /** Most levels that hardware walks. */
    public static final int MOST_LEVELS = 6;
    /** 4 KiB to 256 GiB, all of them; 512 GiB is left out, as Linux does, for the sake of parts that have it wrong. */
    public static final long PAGE_SIZES = (1L << 39) - (1L << 12);

    private static final int GRANULE_LG2 = 12;
    private static final int INDEX_LG2 = 9;
    private static final int MOST_INPUT_BITS = 62;

    /**
     * @param levels 3 to 6, not more than EFR.HATS (section 3.4) has
     * @param pageSizes bit 12, and any of the bits up to 38
     * @param outputBits the host's physical address width, 13 to 52
     * @throws IommuException INCOMPATIBLE
     */
    public AmdV1(int levels, long pageSizes, int outputBits) {
        super(checked(levels), GRANULE_LG2, inputBits(levels), outputBits, pageSizes, AmdV1Entry.PRESENT, PAGE_SIZES);
        if (outputBits <= GRANULE_LG2 || outputBits > AmdV1Entry.MAX_OUTPUT_BITS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "physical addresses of %d bits: the format has %d to %d",
                    outputBits, GRANULE_LG2 + 1, AmdV1Entry.MAX_OUTPUT_BITS);
        }
    }

    /** Width of an IOVA with so many levels. */
    public static int inputBits(int levels) {
        return Math.min(GRANULE_LG2 + levels * INDEX_LG2, MOST_INPUT_BITS);
    }

    private static int checked(int levels) {
        if (levels < LEAST_LEVELS || levels > MOST_LEVELS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d levels: the format has %d to %d", levels, LEAST_LEVELS,
                    MOST_LEVELS);
        }
        return levels;
    }

    @Override
    public long attributes(int level, int protection) {
        return AmdV1Entry.PRESENT | AmdV1Entry.FORCE_COHERENT
                | ((protection & Protection.READ) != 0 ? AmdV1Entry.READ : 0)
                | ((protection & Protection.WRITE) != 0 ? AmdV1Entry.WRITE : 0);
    }

    @Override
    public long leaf(long pa, long attributes) {
        return pa | attributes;
    }

    @Override
    public boolean hasContiguousPages() {
        return true;
    }

    @Override
    public long contiguousLeaf(long pa, int sizeLg2, long attributes) {
        long ones = (1L << sizeLg2 - 1) - 1 & AmdV1Entry.ADDRESS;
        return pa | ones | AmdV1Entry.OTHER_SIZE | attributes;
    }

    @Override
    public int pageLg2(long leaf, int level) {
        return isOtherSize(leaf) ? Math.min(otherLg2(leaf), shift(level + 1) - 1) : shift(level);
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        long next = entry & AmdV1Entry.NEXT_LEVEL;
        return level == 0 || next == 0 || next == AmdV1Entry.OTHER_SIZE;
    }

    @Override
    public long leafAddress(long entry, int level) {
        return entry & AmdV1Entry.ADDRESS & -1L << pageLg2(entry, level);
    }

    @Override
    public int protection(long entry) {
        return ((entry & AmdV1Entry.READ) != 0 ? Protection.READ : 0)
                | ((entry & AmdV1Entry.WRITE) != 0 ? Protection.WRITE : 0);
    }

    @Override
    public long link(long table, int level) {
        return table | (long) level << AmdV1Entry.NEXT_LEVEL_SHIFT | AmdV1Entry.PRESENT | AmdV1Entry.READ
                | AmdV1Entry.WRITE;
    }

    @Override
    public long linked(long entry) {
        return entry & AmdV1Entry.ADDRESS;
    }

    @Override
    public boolean marksWrites() {
        return true;
    }

    @Override
    public boolean isDirty(long leaf) {
        return (leaf & AmdV1Entry.DIRTY) != 0;
    }

    @Override
    public long cleaned(long leaf) {
        return leaf & ~AmdV1Entry.DIRTY;
    }

    private static boolean isOtherSize(long entry) {
        return (entry & AmdV1Entry.NEXT_LEVEL) == AmdV1Entry.OTHER_SIZE;
    }

    /** One above the lowest zero of the address: the ones below it and the zero are not the page's. */
    private static int otherLg2(long entry) {
        return Long.numberOfTrailingZeros(~(entry | (1L << GRANULE_LG2) - 1)) + 1;
    }
}
