package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.Protection;

/**
 * The walk through the tables of a stage, from the lowest one that the walk cache knows. VT-d specification 3.6, 3.7;
 * accessed and dirty bits 3.6.2, 3.7.2. One a device thread.
 * <pre>
 *  a translation:  63 52 51       12 11    8   7    6 5      4     3  2  1     0
 *                 +-----+-----------+------+------+--------+-----+------+-------+
 *                 |  0  |  ADDRESS  |  0   | USER | RIGHTS |  1  | size | USABLE|
 *                 +-----+-----------+------+------+--------+-----+------+-------+
 * </pre>
 * RIGHTS is what the tables allow. USABLE is the part of it that needs no further look at them: where dirty bits are
 * kept, a page that is not yet dirty can be read, and a write walks again to set the bit. Once that is done the
 * translation knows it, and nothing is stored again until it is invalidated. USER: the only thing that is wrong is that
 * a user's request came to a supervisor's page.
 */
final class PagingWalk {
    static final long ACCESS = Protection.READ | Protection.WRITE;
    static final long ADDRESS = PagingFormat.ADDRESS;

    private static final int SIZE_SHIFT = 2;
    private static final long PRESENT = 1 << 4;
    private static final int RIGHTS_SHIFT = 5;
    private static final long USER = 1 << 7;
    private static final long INDEX = 0xff8;
    private static final long COMBINED = 0b111;
    private static final int PAGE_LG2 = PagingFormat.PAGE_LG2;
    private static final int LEVEL_BITS = PagingFormat.LEVEL_BITS;

    private final VtdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;

    PagingWalk(VtdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
    }

    /** Bytes of a translation's page, less one. */
    static long within(long word) {
        return (1L << PAGE_LG2 + LEVEL_BITS * (int) (word >>> SIZE_SHIFT & 0b11)) - 1;
    }

    /** True if a translation allows an access, but the tables must be told of it first. */
    static boolean needsMark(long word, int access) {
        return (access & ~word & ACCESS) != 0 && (access & ~(word >>> RIGHTS_SHIFT)) == 0;
    }

    /** Why a translation refuses an access. */
    static int refusal(long word, int access, PagingFormat format) {
        if ((word & USER) != 0) {
            return FaultReason.S_USER;
        }
        long rights = word >>> RIGHTS_SHIFT & ACCESS;
        boolean write = (access & ~rights & Protection.WRITE) != 0;
        if (rights == 0) {
            return write ? format.notPresentWrite : format.notPresentRead;
        }
        return write ? format.noWrite : format.noRead;
    }

    /**
     * Walks, sets accessed and dirty bits and fills the caches.
     *
     * @param iova within the target's width
     * @return the translation, which may refuse the access, or 0 with {@link Target#fault} set
     */
    long walk(Target target, long iova, int access, long remembered) {
        for (int below = 1; below < target.levels; below++) {
            if ((caches.walk.present() & 1 << below - 1) != 0) {
                long known = caches.walk.get(below - 1, target.tag, iova);
                if (known != 0) {
                    counts.add(Counts.WALK_HITS);
                    return descend(target, iova, access, below, known & ADDRESS, known & COMBINED, remembered);
                }
            }
        }
        counts.add(Counts.WALK_MISSES);
        return descend(target, iova, access, target.levels, target.table, COMBINED, remembered);
    }

    private long descend(Target target, long iova, int access, int from, long fromTable, long fromAbove,
            long remembered) {
        PagingFormat format = target.format;
        int level = from;
        long table = fromTable;
        long above = fromAbove;
        while (true) {
            counts.add(Counts.MEMORY_REFERENCES);
            long slot = table + (iova >>> PAGE_LG2 + LEVEL_BITS * (level - 1) - 3 & INDEX);
            long entry = fetch.fetchPaging(slot, target.snooped);
            if (fetch.failed()) {
                return refuse(target, level == target.levels ? format.rootAccess : format.access);
            }
            if ((entry & format.presence) == 0) {
                return notPresent(target, iova, remembered);
            }
            boolean leaf = level == 1 || (entry & PagingFormat.PS) != 0;
            if ((entry & (leaf ? format.leafReserved[level] : format.tableReserved)) != 0) {
                return refuse(target, format.reserved);
            }
            long combined = above & entry & format.combined;
            long mark = leaf ? target.leafMark(combined, access) : target.accessed;
            if ((entry & mark) != mark) {
                if (!target.snooped) {
                    return refuse(target, format.noSnoop);
                }
                if (!fetch.mark(slot, entry, mark)) {
                    continue;
                }
            }
            if (leaf) {
                return translation(target, iova, level, entry | mark, combined, access, remembered);
            }
            above = combined;
            level--;
            table = entry & ADDRESS;
            caches.walk.put(level - 1, target.tag, iova, table | above | PRESENT, remembered);
            fetch.preempt();
        }
    }

    private long translation(Target target, long iova, int level, long entry, long combined, int access,
            long remembered) {
        long rights = target.rights(combined);
        long usable = (entry & target.dirty) == target.dirty ? rights : rights & ~Protection.WRITE;
        long address = entry & ADDRESS & -1L << PAGE_LG2 + LEVEL_BITS * (level - 1);
        long word = address | usable | (long) (level - 1) << SIZE_SHIFT | PRESENT | rights << RIGHTS_SHIFT
                | (rights == 0 && target.firstStage ? USER : 0);
        // An entry that is not marked as accessed is not cached: nobody would mark it later.
        if ((entry & target.accessed) == target.accessed) {
            caches.iotlb.put(level - 1, target.tag, iova, word, remembered);
        }
        return word;
    }

    /** In caching mode what is not present is cached too, as a page of 4 KiB that allows nothing (6.1). */
    private long notPresent(Target target, long iova, long remembered) {
        if (caps.cachingMode()) {
            caches.iotlb.put(0, target.tag, iova, PRESENT, remembered);
        }
        return PRESENT;
    }

    private static long refuse(Target target, int reason) {
        target.refuse(reason);
        return 0;
    }
}
