package org.iommu4j.hwsim.amdvi;

/**
 * Commands, 16 bytes. AMD 48882 section 2.4; the operation is in bits 63:60 of word 0.
 * <pre>
 *  1 COMPLETION_WAIT         2.4.1  w0: store address 51:3, f 2, i 1, s 0           w1: store data
 *  2 INVALIDATE_DEVTAB_ENTRY 2.4.2  w0: device 15:0
 *  3 INVALIDATE_IOMMU_PAGES  2.4.3  w0: domain 47:32, PASID 19:0                    w1: address 63:12, GN 2, PDE 1, S 0
 *  4 INVALIDATE_IOTLB_PAGES  2.4.4  for device-TLBs
 *  5 INVALIDATE_INTERRUPT_TABLE 2.4.5  w0: device 15:0
 *  6 PREFETCH_IOMMU_PAGES    2.4.6  as EFR.PreFSup
 *  7 COMPLETE_PPR_REQUEST    2.4.7  as EFR.PPRSup
 *  8 INVALIDATE_IOMMU_ALL    2.4.8  as EFR.IASup
 * </pre>
 * With S, the address tells the size: 2 to the power of one more than the position of the lowest bit from 12 on that is
 * clear. All bits up to 62 set means everything.
 */
final class Command {
    static final int BYTES = 16;
    static final int COMPLETION_WAIT = 1;
    static final int INVALIDATE_DEVTAB_ENTRY = 2;
    static final int INVALIDATE_IOMMU_PAGES = 3;
    static final int INVALIDATE_INTERRUPT_TABLE = 5;
    static final int INVALIDATE_IOMMU_ALL = 8;

    private static final int PAGE_LG2 = 12;
    private static final int OPERATION_SHIFT = 60;
    private static final long OPERATION = 0xfL << OPERATION_SHIFT;
    private static final long DEVICE = 0xffffL;
    private static final long PASID = 0xf_ffffL;
    private static final int DOMAIN_SHIFT = 32;
    private static final long DOMAIN = 0xffffL << DOMAIN_SHIFT;
    private static final long STORE_ADDRESS = 0x000f_ffff_ffff_fff8L;
    private static final long S = 1;
    private static final long I = 1 << 1;
    private static final long PDE = 1 << 1;
    private static final long F = 1 << 2;
    private static final long GN = 1 << 2;
    private static final long ADDRESS = -1L << PAGE_LG2;

    private Command() {
    }

    static int operation(long word0) {
        return (int) (word0 >>> OPERATION_SHIFT);
    }

    /** True if the unit has the command and no reserved bit of it is set. */
    static boolean legal(long word0, long word1, AmdCapabilities caps) {
        long guest = caps.guestTranslation() ? -1L : 0;
        return switch (operation(word0)) {
            case COMPLETION_WAIT -> (word0 & ~(OPERATION | STORE_ADDRESS | F | I | S)) == 0;
            case INVALIDATE_DEVTAB_ENTRY, INVALIDATE_INTERRUPT_TABLE ->
                (word0 & ~(OPERATION | DEVICE)) == 0 && word1 == 0;
            case INVALIDATE_IOMMU_PAGES -> (word0 & ~(OPERATION | DOMAIN | PASID & guest)) == 0
                    && (word1 & ~(ADDRESS | PDE | S | GN & guest)) == 0;
            case INVALIDATE_IOMMU_ALL -> caps.invalidateAll() && (word0 & ~OPERATION) == 0 && word1 == 0;
            default -> false;
        };
    }

    static boolean stores(long word0) {
        return (word0 & S) != 0;
    }

    static boolean interrupts(long word0) {
        return (word0 & I) != 0;
    }

    static long storeAddress(long word0) {
        return word0 & STORE_ADDRESS;
    }

    static int device(long word0) {
        return (int) (word0 & DEVICE);
    }

    static int domain(long word0) {
        return (int) ((word0 & DOMAIN) >>> DOMAIN_SHIFT);
    }

    static int pasid(long word0) {
        return (int) (word0 & PASID);
    }

    static boolean guest(long word1) {
        return (word1 & GN) != 0;
    }

    /** PDE: pointers to tables go too, not translations alone. */
    static boolean directories(long word1) {
        return (word1 & PDE) != 0;
    }

    static long address(long word1) {
        return word1 & ADDRESS;
    }

    /** Size in bits of what is named, 12 to 64. */
    static int sizeLg2(long word1) {
        return (word1 & S) == 0 ? PAGE_LG2
                : Math.min(Long.SIZE, PAGE_LG2 + 1 + Long.numberOfTrailingZeros(~(word1 >>> PAGE_LG2)));
    }
}
