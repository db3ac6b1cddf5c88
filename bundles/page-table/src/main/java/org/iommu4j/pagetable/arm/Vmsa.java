package org.iommu4j.pagetable.arm;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.pagetable.Format;

/** What both stages have in common: see {@link Descriptor}. */
abstract class Vmsa extends Format {
    /**
     * @param levels of tables
     * @param granuleLg2 12, 14 or 16
     * @param inputBits of an address that is translated, up to 48
     * @param outputBits of what it is translated to, 32 to 48
     */
    Vmsa(int levels, int granuleLg2, int inputBits, int outputBits) {
        super(levels, granuleLg2, inputBits, outputBits, sizes(granuleLg2, levels), Descriptor.VALID);
        if (outputBits < 32 || outputBits > Descriptor.MAX_BITS || inputBits > Descriptor.MAX_BITS || levels < 2) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d to %d bits in %d levels: the format has at least 2 "
                    + "levels, and up to %d bits", inputBits, outputBits, levels, Descriptor.MAX_BITS);
        }
    }

    private static long sizes(int granuleLg2, int levels) {
        long all = Descriptor.pageSizes(granuleLg2);
        if (all == 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "granule of 2^%d bytes: the format has 2^12, 2^14, 2^16",
                    granuleLg2);
        }
        return all & (1L << granuleLg2 + levels * (granuleLg2 - 3)) - 1;
    }

    @Override
    public final long leaf(long pa, long attributes) {
        return pa | attributes;
    }

    @Override
    public final boolean isLeaf(long entry, int level) {
        return level == 0 || (entry & Descriptor.NOT_BLOCK) == 0;
    }

    @Override
    public final long leafAddress(long entry, int level) {
        return entry & Descriptor.ADDRESS & -1L << shift(level);
    }

    @Override
    public final long link(long table, int level) {
        return table | Descriptor.VALID | Descriptor.NOT_BLOCK;
    }

    @Override
    public final long linked(long entry) {
        return entry & Descriptor.ADDRESS & -1L << granuleLg2();
    }

    /** The bits of every leaf of a level. */
    static long common(int level) {
        return Descriptor.ACCESSED | Descriptor.VALID | (level == 0 ? Descriptor.NOT_BLOCK : 0);
    }
}
