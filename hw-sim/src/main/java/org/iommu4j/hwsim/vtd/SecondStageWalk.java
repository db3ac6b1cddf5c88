package org.iommu4j.hwsim.vtd;

/**
 * The second-stage walk, from the lowest table that the walk cache knows. VT-d specification 3.7, 9.8.
 * <pre>
 *        63  62  61  52 51  HAW      12  11  10   8  7   6    3  2   1   0
 *       +---+---+------+---+-----------+-----+------+----+------+---+---+---+
 *       |   |TM |  ign | 0 |   ADDR    | SNP |  ign | PS | ign  | X | W | R |
 *       +---+---+------+---+-----------+-----+------+----+------+---+---+---+
 * </pre>
 * An entry that allows neither reading nor writing is not present, whatever else it holds. Permissions of all levels
 * are combined. One a device thread.
 */
final class SecondStageWalk {
    /** Word of a translation: R and W as in an entry, index of the page size in bits 3:2, and that it is there. */
    static final long PRESENT = 1 << 4;
    static final long ACCESS = 0b11;
    static final long ADDRESS = 0x000f_ffff_ffff_f000L;

    private static final int SIZE_SHIFT = 2;
    private static final long PS = 1 << 7;
    private static final long SNP = 1 << 11;
    private static final long TM = 1L << 62;
    private static final long HIGHEST_ADDRESS = 1L << 52;
    private static final long INDEX = 0xff8;
    private static final int PAGE_LG2 = 12;
    private static final int LEVEL_BITS = 9;

    private final VtdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;
    private final long tableReserved;
    private final long leafReserved;

    SecondStageWalk(VtdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
        long beyond = caps.beyondPhysical() & HIGHEST_ADDRESS - 1;
        tableReserved = beyond | SNP | TM;
        leafReserved = beyond | (caps.snoopControl() ? 0 : SNP) | (caps.deviceTlbs() ? 0 : TM);
    }

    /** Log2 of the page size of a translation's word. */
    static int pageLg2(long word) {
        return PAGE_LG2 + LEVEL_BITS * (int) (word >>> SIZE_SHIFT & 0b11);
    }

    /**
     * Walks and fills the caches.
     *
     * @param iova within the target's width
     * @return the translation's word, or 0 with {@link Target#fault} set
     */
    long walk(Target target, long iova, long remembered) {
        int level = target.levels;
        long table = target.table;
        long allowed = ACCESS;
        for (int below = 1; below < target.levels; below++) {
            long known = pointer(target.domain, below, iova);
            if (known != 0) {
                level = below;
                table = known & ADDRESS;
                allowed = known & ACCESS;
                break;
            }
        }
        counts.add(level < target.levels ? Counts.WALK_HITS : Counts.WALK_MISSES);
        return descend(target, iova, level, table, allowed, remembered);
    }

    private long descend(Target target, long iova, int from, long fromTable, long fromAllowed, long remembered) {
        int level = from;
        long table = fromTable;
        long allowed = fromAllowed;
        while (true) {
            counts.add(Counts.MEMORY_REFERENCES);
            long entry = fetch.fetch64(table + (iova >>> PAGE_LG2 + LEVEL_BITS * (level - 1) - 3 & INDEX));
            if (fetch.failed()) {
                return refuse(target, FaultReason.PAGING_ACCESS, level == target.levels
                        ? FaultReason.S_PAGING_ROOT_ACCESS : FaultReason.S_PAGING_ACCESS);
            }
            if ((entry & ACCESS) == 0) {
                return notPresent(target, iova, remembered);
            }
            boolean leaf = level == 1 || (entry & PS) != 0;
            if ((entry & reserved(level, leaf)) != 0) {
                return refuse(target, FaultReason.PAGING_RESERVED, FaultReason.S_PAGING_RESERVED);
            }
            allowed &= entry;
            if (leaf) {
                return fill(target, iova, level, (entry & ADDRESS) | allowed, remembered);
            }
            level--;
            table = entry & ADDRESS;
            caches.walk.put(level - 1, target.domain, iova, table | allowed | PRESENT, remembered);
            fetch.preempt();
        }
    }

    private long pointer(int domain, int level, long iova) {
        return (caches.walk.present() & 1 << level - 1) == 0 ? 0 : caches.walk.get(level - 1, domain, iova);
    }

    private long reserved(int level, boolean leaf) {
        if (!leaf) {
            return tableReserved;
        }
        long within = (1L << LEVEL_BITS * (level - 1)) - 1 << PAGE_LG2;
        return leafReserved | within | (caps.supportsLeaf(level) ? 0 : PS);
    }

    private long fill(Target target, long iova, int level, long addressAndAccess, long remembered) {
        long word = addressAndAccess | PRESENT | (long) (level - 1) << SIZE_SHIFT;
        caches.iotlb.put(level - 1, target.domain, iova, word, remembered);
        return word;
    }

    /** In caching mode what is not present is cached too, as a page of 4 KiB that allows nothing (6.1). */
    private long notPresent(Target target, long iova, long remembered) {
        if (caps.cachingMode()) {
            caches.iotlb.put(0, target.domain, iova, PRESENT, remembered);
        }
        return PRESENT;
    }

    private static long refuse(Target target, int legacy, int scalable) {
        target.refuse(target.scalable ? scalable : legacy);
        return 0;
    }
}
