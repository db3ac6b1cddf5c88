package org.iommu4j.pagetable.arm;

import org.iommu4j.api.Protection;

/**
 * Stage 2: sections D8.3 and D8.4. Up to 16 tables stand one after the other at the top where that saves a level
 * (concatenated tables, section D8.2); hardware demands it in some shapes, and Linux does it always.
 *
 * <p><b>Protections.</b> S2AP grants reading and writing apart, so a leaf grants exactly what was asked for. PRIV is
 * not known here.
 */
public final class ArmStage2 extends Vmsa {
    private static final int CONCATENATED_LG2 = 4;
    private static final long DEVICE = 1L << 2;
    private static final long NON_CACHEABLE = 5L << 2;
    private static final long WRITE_BACK = 15L << 2;
    private static final long MEMORY_TYPE = 15L << 2;
    private static final int S2AP_LOW = 6;
    private static final long EXECUTE_NEVER = 3L << 53;

    /**
     * @param granuleLg2 12, 14 or 16
     * @param inputBits of an IOVA, 32 to 48
     * @param outputBits of a physical address, 32 to 48
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE
     */
    public ArmStage2(int granuleLg2, int inputBits, int outputBits) {
        super(levels(granuleLg2, inputBits), granuleLg2, inputBits, outputBits);
    }

    /** How many levels there are, with the top one made of up to 16 tables. */
    public static int levels(int granuleLg2, int inputBits) {
        return Math.max(2, Descriptor.levels(granuleLg2, inputBits - CONCATENATED_LG2));
    }

    @Override
    public long attributes(int level, int protection) {
        // S2AP[0] and S2AP[1] are READ and WRITE, in this order.
        long rights = (long) (protection & (Protection.READ | Protection.WRITE)) << S2AP_LOW;
        long bits = common(level) | rights | memoryType(protection);
        return (protection & Protection.NOEXEC) != 0 ? bits | EXECUTE_NEVER : bits;
    }

    private static long memoryType(int protection) {
        if ((protection & Protection.MMIO) != 0) {
            return DEVICE | Descriptor.OUTER_SHAREABLE;
        }
        return (protection & Protection.CACHE) != 0 ? WRITE_BACK | Descriptor.INNER_SHAREABLE
                : NON_CACHEABLE | Descriptor.OUTER_SHAREABLE;
    }

    @Override
    public int protection(long entry) {
        return (int) (entry >>> S2AP_LOW) & (Protection.READ | Protection.WRITE)
                | ((entry & MEMORY_TYPE) == WRITE_BACK ? Protection.CACHE : 0)
                | ((entry & EXECUTE_NEVER) != 0 ? Protection.NOEXEC : 0)
                | ((entry & MEMORY_TYPE) == DEVICE ? Protection.MMIO : 0);
    }
}
