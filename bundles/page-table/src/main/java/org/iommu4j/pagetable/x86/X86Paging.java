package org.iommu4j.pagetable.x86;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.pagetable.Format;

/**
 * x86 paging: VT-d first stage, AMD guest (v2) tables, processors. Tables of 512 entries, see {@link X86Entry}; 4 or 5
 * levels; pages of 4 KiB, 2 MiB and 1 GiB.
 *
 * <p><b>Width.</b> Addresses of 48 or 57 bits are canonical: bits 63 down to the highest are equal. A table of ours is
 * about the lower half, 47 or 56 bits, where nothing has to be extended: VT-d wants software to stay there (section
 * 3.6), and Linux does. The upper half of the root stays empty.
 *
 * <p><b>Accessed and dirty are set in advance</b>, D where writing is allowed. Hardware that finds them clear sets
 * them, in each entry on the way, by locked operations on memory, before the first request goes on; nobody who does not
 * track writes would read them. Linux does the same. So to whoever does track writes, a page is written from the moment
 * it is mapped: tracking begins with a pass that clears, and a page that is mapped later is reported once at least.
 *
 * <p><b>Protections.</b> Reading cannot be refused: WRITE alone maps as READ and WRITE.
 */
public final class X86Paging extends Format {
    private static final int GRANULE_LG2 = 12;
    private static final int INDEX_LG2 = 9;

    private final long executeDisable;

    /**
     * @param levels 4, or 5 where hardware has them (CAP.FS5LP, section 11.4.2)
     * @param pageSizes bits 12 and 21, and bit 30 where hardware has it (CAP.FS1GP)
     * @param outputBits the host's physical address width, 13 to 52
     * @param executeDisable whether bit XD is enabled; if not, it is reserved, and NOEXEC is ignored
     * @throws IommuException INCOMPATIBLE
     */
    public X86Paging(int levels, long pageSizes, int outputBits, boolean executeDisable) {
        super(checked(levels), GRANULE_LG2, GRANULE_LG2 + levels * INDEX_LG2 - 1, outputBits, pageSizes,
                X86Entry.PRESENT);
        if (pageSizes >>> 31 != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "page sizes %#x: the largest page is 1 GiB", pageSizes);
        }
        if (outputBits <= GRANULE_LG2 || outputBits > X86Entry.MAX_OUTPUT_BITS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "physical addresses of %d bits: the format has %d to %d",
                    outputBits, GRANULE_LG2 + 1, X86Entry.MAX_OUTPUT_BITS);
        }
        this.executeDisable = executeDisable ? X86Entry.EXECUTE_DISABLE : 0;
    }

    private static int checked(int levels) {
        if (levels != 4 && levels != 5) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d levels: the format has 4 or 5", levels);
        }
        return levels;
    }

    @Override
    public long attributes(int level, int protection) {
        long bits = X86Entry.PRESENT | X86Entry.ACCESSED;
        bits |= (protection & Protection.WRITE) != 0 ? X86Entry.WRITE | X86Entry.DIRTY : 0;
        bits |= (protection & Protection.PRIV) != 0 ? 0 : X86Entry.USER;
        bits |= (protection & Protection.NOEXEC) != 0 ? executeDisable : 0;
        return level == 0 ? bits : bits | X86Entry.PAGE_SIZE;
    }

    @Override
    public long leaf(long pa, long attributes) {
        return pa | attributes;
    }

    @Override
    public boolean isLeaf(long entry, int level) {
        return level == 0 || (entry & X86Entry.PAGE_SIZE) != 0;
    }

    @Override
    public long leafAddress(long entry, int level) {
        return entry & X86Entry.ADDRESS & -1L << shift(level);
    }

    @Override
    public int protection(long entry) {
        return Protection.READ
                | ((entry & X86Entry.WRITE) != 0 ? Protection.WRITE : 0)
                | ((entry & X86Entry.USER) != 0 ? 0 : Protection.PRIV)
                | ((entry & executeDisable) != 0 ? Protection.NOEXEC : 0);
    }

    @Override
    public long link(long table, int level) {
        return table | X86Entry.PRESENT | X86Entry.WRITE | X86Entry.USER | X86Entry.ACCESSED;
    }

    @Override
    public long linked(long entry) {
        return entry & X86Entry.ADDRESS;
    }

    @Override
    public boolean marksWrites() {
        return true;
    }

    @Override
    public boolean isDirty(long leaf) {
        return (leaf & X86Entry.DIRTY) != 0;
    }

    @Override
    public long cleaned(long leaf) {
        return leaf & ~X86Entry.DIRTY;
    }

    @Override
    public boolean isAccessed(long leaf) {
        return (leaf & X86Entry.ACCESSED) != 0;
    }

    @Override
    public long aged(long leaf) {
        return leaf & ~X86Entry.ACCESSED;
    }

    @Override
    public long touched(long leaf, boolean write) {
        return leaf | X86Entry.ACCESSED | (write ? X86Entry.DIRTY : 0);
    }
}
