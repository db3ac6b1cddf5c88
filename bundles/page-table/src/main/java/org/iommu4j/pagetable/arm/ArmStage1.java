package org.iommu4j.pagetable.arm;

import org.iommu4j.api.Protection;

/**
 * Stage 1: sections D8.3 and D8.4. The three memory types stand at fixed places of MAIR, see {@link #MAIR}.
 *
 * <p><b>Protections.</b> Reading cannot be refused: WRITE alone maps as READ and WRITE. Pages are for unprivileged
 * requests, which all are that carry no privilege, unless PRIV is asked for.
 *
 * <p><b>Marks of writes.</b> With DBM set, AP[2] is no refusal of writes but the mark, the other way round: hardware
 * that has HD on clears it at the first write. Pages are mapped as written, which spares hardware that step where
 * nobody tracks: who does begins with a pass that clears.
 */
public final class ArmStage1 extends Vmsa {
    /**
     * The memory attributes that AttrIndx of leaves counts on: 0 normal non-cacheable, 1 normal write-back, 2 device,
     * 3 write-back outside, non-cacheable inside; the others are not used. Linux has the same.
     */
    public static final long MAIR = 0xffff_ffff_f404_ff44L;

    private static final long WRITE_BACK = 1L << 2;
    private static final long DEVICE = 2L << 2;
    private static final long MEMORY_TYPE = 7L << 2;
    private static final long UNPRIVILEGED = 1L << 6;
    private static final long READ_ONLY = 1L << 7;
    private static final long NOT_GLOBAL = 1L << 11;
    private static final long DIRTY_BIT_MODIFIER = 1L << 51;
    private static final long EXECUTE_NEVER = 3L << 53;

    private final long dirtyBit;

    /**
     * @param granuleLg2 12, 14 or 16
     * @param inputBits of an IOVA, 25 to 48
     * @param outputBits of a physical address, 32 to 48
     * @param marksWrites whether hardware has HD on for this table, and so marks what is written
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE
     */
    public ArmStage1(int granuleLg2, int inputBits, int outputBits, boolean marksWrites) {
        super(Descriptor.levels(granuleLg2, inputBits), granuleLg2, inputBits, outputBits);
        this.dirtyBit = marksWrites ? DIRTY_BIT_MODIFIER : 0;
    }

    @Override
    public long attributes(int level, int protection) {
        long bits = common(level) | NOT_GLOBAL | memoryType(protection);
        bits |= (protection & Protection.WRITE) != 0 ? dirtyBit : READ_ONLY;
        bits |= (protection & Protection.PRIV) != 0 ? 0 : UNPRIVILEGED;
        return (protection & Protection.NOEXEC) != 0 ? bits | EXECUTE_NEVER : bits;
    }

    private static long memoryType(int protection) {
        if ((protection & Protection.MMIO) != 0) {
            return DEVICE | Descriptor.OUTER_SHAREABLE;
        }
        return (protection & Protection.CACHE) != 0 ? WRITE_BACK | Descriptor.INNER_SHAREABLE
                : Descriptor.OUTER_SHAREABLE;
    }

    @Override
    public int protection(long entry) {
        boolean writable = (entry & READ_ONLY) == 0 || (entry & DIRTY_BIT_MODIFIER) != 0;
        return Protection.READ
                | (writable ? Protection.WRITE : 0)
                | ((entry & MEMORY_TYPE) == WRITE_BACK ? Protection.CACHE : 0)
                | ((entry & EXECUTE_NEVER) == EXECUTE_NEVER ? Protection.NOEXEC : 0)
                | ((entry & MEMORY_TYPE) == DEVICE ? Protection.MMIO : 0)
                | ((entry & UNPRIVILEGED) != 0 ? 0 : Protection.PRIV);
    }

    @Override
    public boolean marksWrites() {
        return dirtyBit != 0;
    }

    @Override
    public boolean isDirty(long leaf) {
        return (leaf & (DIRTY_BIT_MODIFIER | READ_ONLY)) == DIRTY_BIT_MODIFIER;
    }

    @Override
    public long cleaned(long leaf) {
        return leaf | READ_ONLY;
    }

    @Override
    public boolean isAccessed(long leaf) {
        return (leaf & Descriptor.ACCESSED) != 0;
    }

    @Override
    public long aged(long leaf) {
        return leaf & ~Descriptor.ACCESSED;
    }

    @Override
    public long touched(long leaf, boolean write) {
        return (leaf | Descriptor.ACCESSED) & (write ? ~READ_ONLY : -1);
    }
}
