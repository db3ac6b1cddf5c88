package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.cache.SpanCache;

/**
 * Translation by host tables: the IOTLB, and the walk from the lowest table that the walk cache knows. AMD 48882
 * section 2.2.3 (formats, page sizes, skipped levels), 2.2.7.3 (accessed and dirty bits). One a device thread.
 * <pre>
 *  entry        63 62 61 60 59 58  52 51        12 11   9 8 7  6   5  4  1 0
 *              +--+--+--+--+--+------+------------+------+----+---+---+----+---+
 *              |ig|IW|IR|FC|U |  0   |  address   | next |ign | D | A |ign |PR |
 *              +--+--+--+--+--+------+------------+------+----+---+---+----+---+
 *    next: level of the table it points to; 0 a page of the level's own size; 7 a page whose address bits tell its size
 *    in a pointer to a table FC and U are reserved and D is ignored
 *
 *  translation  63     53 52  51      12 11   10   9   4 3      2 1      0
 *              +---------+---+----------+---+-----+------+--------+--------+
 *              |    0    |NP | address  | 0 |  1  | size | rights | usable |   size: log2, less 12
 *              +---------+---+----------+---+-----+------+--------+--------+
 * </pre>
 * Usable is the part of the rights that needs no further look at the tables: where dirty bits are kept, a page that is
 * not yet dirty can be read, and a write walks again to set the bit. NP: the page is not present.
 */
final class HostWalk {
    static final long ACCESSED = 1 << 5;
    static final long DIRTY = 1 << 6;
    static final long ADDRESS = 0x000f_ffff_ffff_f000L;
    static final int PAGE_LG2 = 12;
    static final int LEVEL_BITS = 9;

    private static final long PRESENT = 1;
    private static final int NEXT_SHIFT = 9;
    private static final int NEXT_SIZED = 7;
    private static final int RIGHTS_IN_ENTRY = 61;
    private static final long LEAF_RESERVED = 0x7fL << 52;
    private static final long TABLE_RESERVED = 0x1ffL << 52;
    private static final long INDEX = 0x1ff;

    private static final int RIGHTS_SHIFT = 2;
    private static final int SIZE_SHIFT = 4;
    private static final long KNOWN = 1 << 10;
    private static final long NOT_PRESENT = 1L << 52;
    private static final int BOTH = Protection.READ | Protection.WRITE;

    private final AmdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;

    HostWalk(AmdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
    }

    /** A translation of a page. @param usable part of the rights */
    static long word(long address, int lg2, int rights, int usable) {
        return address | KNOWN | (long) (lg2 - PAGE_LG2) << SIZE_SHIFT | (long) rights << RIGHTS_SHIFT | usable;
    }

    /** A page that is not there. */
    static long notPresent() {
        return NOT_PRESENT | KNOWN;
    }

    static int usable(long word) {
        return (int) word & BOTH;
    }

    static int rights(long word) {
        return (int) (word >>> RIGHTS_SHIFT) & BOTH;
    }

    /** The address that a page's word gives to an address in it. */
    static long apply(long word, long address) {
        long within = (1L << PAGE_LG2 + (int) (word >>> SIZE_SHIFT & 0x3f)) - 1;
        return word & ADDRESS | address & within;
    }

    /** Flags of the event that refuses an access to a page whose rights it lacks: none if it is not present. */
    static long refusal(long word) {
        return (word & NOT_PRESENT) != 0 ? 0 : Event.PR | Event.PE;
    }

    /**
     * The word of the page that holds an address, from the IOTLB or the tables; where the tables allow the access, it
     * is usable.
     *
     * @param target with host tables
     * @return 0 with {@link Target#fault} set if the walk fails; a word that lacks the right is no failure
     */
    long find(Target target, long address, int access, long remembered) {
        long word = caches.iotlb.find(target.hostTag, address);
        if (word != 0 && ((access & ~usable(word)) == 0 || (access & ~rights(word)) != 0)) {
            counts.add(Counts.IOTLB_HITS);
            return word;
        }
        counts.add(Counts.IOTLB_MISSES);
        int top = PAGE_LG2 + LEVEL_BITS * target.hostLevels;
        if (top < Long.SIZE && address >>> top != 0) {
            return notPresent();
        }
        for (int level = 1; level < target.hostLevels; level++) {
            long known = covers(level) ? caches.walk.get(target.hostTag, address, covered(level)) : 0;
            if (known != 0) {
                counts.add(Counts.WALK_HITS);
                return descend(target, address, access, level, known & ADDRESS, rights(known), remembered);
            }
        }
        counts.add(Counts.WALK_MISSES);
        return descend(target, address, access, target.hostLevels, target.hostRoot, BOTH, remembered);
    }

    private static int covered(int level) {
        return PAGE_LG2 + LEVEL_BITS * level;
    }

    private static boolean covers(int level) {
        return covered(level) <= SpanCache.ADDRESS_BITS;
    }

    private long descend(Target target, long address, int access, int from, long fromTable, int fromRights,
            long remembered) {
        int level = from;
        long table = fromTable;
        int rights = fromRights;
        while (true) {
            counts.add(Counts.MEMORY_REFERENCES);
            long slot = table + ((address >>> covered(level - 1) & INDEX) << 3);
            long entry = fetch.fetch64(slot, snooped(target));
            if (fetch.failed()) {
                return fail(target, Event.PAGE_TABLE_ERROR | Event.MASTER_ABORT, slot);
            }
            if ((entry & PRESENT) == 0) {
                return absent(target, address, remembered);
            }
            int next = (int) (entry >>> NEXT_SHIFT) & NEXT_SIZED;
            boolean leaf = next == 0 || next == NEXT_SIZED;
            long refusal = leaf ? leafRefusal(entry, level, next) : pointerRefusal(entry, level, next, address);
            if (refusal != 0) {
                return fail(target, refusal);
            }
            int combined = rights & (int) (entry >>> RIGHTS_IN_ENTRY);
            long mark = target.accessed
                    | (leaf && (access & combined & Protection.WRITE) != 0 ? target.dirty : 0);
            if ((entry & mark) != mark && !fetch.mark(slot, entry, mark)) {
                continue;
            }
            if (leaf) {
                return page(target, address, sizeLg2(entry, level, next), entry | mark, combined, remembered);
            }
            rights = combined;
            level = next;
            table = entry & ADDRESS;
            remember(target, address, level, table, rights, remembered);
        }
    }

    private static int sizeLg2(long entry, int level, int next) {
        return next == 0 ? covered(level - 1)
                : PAGE_LG2 + 1 + Long.numberOfTrailingZeros(~(entry >>> PAGE_LG2));
    }

    private static long leafRefusal(long entry, int level, int next) {
        int lg2 = sizeLg2(entry, level, next);
        boolean size = next == 0 || lg2 > covered(level - 1) && lg2 < covered(level);
        return !size ? Event.PAGE_FAULT | Event.PR
                : (entry & LEAF_RESERVED) != 0 ? Event.PAGE_FAULT | Event.PR | Event.RZ : 0;
    }

    /** A level that is not below this one is no level; where levels are skipped, their part of the address is 0. */
    private static long pointerRefusal(long entry, int level, int next, long address) {
        boolean skips = next < level && (address & (1L << covered(level - 1)) - (1L << covered(next))) != 0;
        return (entry & TABLE_RESERVED) != 0 ? Event.PAGE_FAULT | Event.PR | Event.RZ
                : next >= level || skips ? Event.PAGE_FAULT | Event.PR : 0;
    }

    private void remember(Target target, long address, int level, long table, int rights, long remembered) {
        if (covers(level)) {
            caches.walk.put(target.hostTag, address, covered(level), word(table, PAGE_LG2, rights, 0), remembered);
        }
    }

    /** Bits are set where the processors see them, so what they are set in is read there too. */
    private static boolean snooped(Target target) {
        return target.snooped || target.accessed != 0;
    }

    private long page(Target target, long address, int lg2, long entry, int rights, long remembered) {
        int usable = (entry & target.dirty) == target.dirty ? rights : rights & ~Protection.WRITE;
        long word = word(entry & ADDRESS & -1L << lg2, lg2, rights, usable);
        if (lg2 <= SpanCache.ADDRESS_BITS) {
            caches.iotlb.put(target.hostTag, address, lg2, word, remembered);
        }
        return word;
    }

    /** With NpCache what is not present is cached too, as a page of 4 KiB. */
    private long absent(Target target, long address, long remembered) {
        if (caps.cachesNotPresent()) {
            caches.iotlb.put(target.hostTag, address, PAGE_LG2, notPresent(), remembered);
        }
        return notPresent();
    }

    private static long fail(Target target, long event) {
        target.refuse(event);
        return 0;
    }

    private static long fail(Target target, long event, long address) {
        target.refuse(event, address);
        return 0;
    }
}
