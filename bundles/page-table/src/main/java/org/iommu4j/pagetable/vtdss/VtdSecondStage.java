package org.iommu4j.pagetable.vtdss;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.pagetable.Format;

/**
 * VT-d second-stage translation: VT-d specification 4.x, section 3.7. Tables of 512 entries, see
 * {@link VtdSecondStageEntry}; 3, 4 or 5 levels for IOVAs of 39, 48 or 57 bits; pages of 4 KiB, 2 MiB and 1 GiB.
 *
 * <p>Hardware marks writes only while the scalable-mode PASID entry has SSADE set (section 9.6), which needs ECAP.SSADS
 * (section 11.4.3). Who set it knows that; the table is the same with and without, and unmarked while it is not set.
 */
public final class VtdSecondStage extends Format {
    private static final int GRANULE_LG2 = 12;

    /**
     * @param levels 3 to 5, one that CAP.SAGAW (section 11.4.2) has
     * @param pageSizes bit 12, and bits 21 and 30 as CAP.SSLPS has them
     * @param outputBits the host's physical address width, 13 to 52
     * @throws IommuException INCOMPATIBLE
     */
    public VtdSecondStage(int levels, long pageSizes, int outputBits) {
        super(checked(levels), GRANULE_LG2, outputBits, pageSizes,
                VtdSecondStageEntry.READ | VtdSecondStageEntry.WRITE);
        if (pageSizes >>> 31 != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "page sizes %#x: the largest page is 1 GiB", pageSizes);
        }
        if (outputBits <= GRANULE_LG2 || outputBits > VtdSecondStageEntry.MAX_OUTPUT_BITS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "physical addresses of %d bits: the format has %d to %d",
                    outputBits, GRANULE_LG2 + 1, VtdSecondStageEntry.MAX_OUTPUT_BITS);
        }
    }

    private static int checked(int levels) {
        if (levels < 3 || levels > 5) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d levels: the format has 3 to 5", levels);
        }
        return levels;
    }

    @Override
    public long attributes(int level, int protection) {
        // R and W stand where Protection has READ and WRITE.
        long rights = protection & (Protection.READ | Protection.WRITE);
        return level == 0 ? rights : rights | VtdSecondStageEntry.PAGE_SIZE;
    }

    @Override
    public long leaf(long pa, long attributes) {
        return pa | attributes;
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        return level == 0 || (entry & VtdSecondStageEntry.PAGE_SIZE) != 0;
    }

    @Override
    public long leafAddress(long entry, int level) {
        return entry & VtdSecondStageEntry.ADDRESS & -1L << shift(level);
    }

    @Override
    public int protection(long entry) {
        return (int) entry & (Protection.READ | Protection.WRITE);
    }

    @Override
    public boolean marksWrites() {
        return true;
    }

    @Override
    public boolean isDirty(long leaf) {
        return (leaf & VtdSecondStageEntry.DIRTY) != 0;
    }

    @Override
    public long cleaned(long leaf) {
        return leaf & ~VtdSecondStageEntry.DIRTY;
    }

    @Override
    public long link(long table, int level) {
        return table | VtdSecondStageEntry.READ | VtdSecondStageEntry.WRITE;
    }

    @Override
    public long linked(long entry) {
        return entry & VtdSecondStageEntry.ADDRESS;
    }
}
