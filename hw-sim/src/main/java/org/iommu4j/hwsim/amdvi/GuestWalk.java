package org.iommu4j.hwsim.amdvi;

import org.iommu4j.api.Protection;

/**
 * Translation by guest tables, which have the format of AMD64 long mode, four or five levels: the IOTLB, and the walk
 * from the lowest table that the walk cache knows. AMD 48882 section 2.2.6; AMD64 Architecture Programmer's Manual
 * volume 2, 5.3, 5.4. One a device thread. All addresses that it reads are guest physical.
 * <pre>
 *   63  62   52 51             12 11  9  8   7   6   5   4    3    2    1   0
 *  +---+-------+-----------------+-----+---+----+---+---+----+----+----+----+---+
 *  |NX |  ign  |     address     | ign | G | PS | D | A | PCD| PWT| US | RW | P |
 *  +---+-------+-----------------+-----+---+----+---+---+----+----+----+----+---+
 * </pre>
 * No request here executes or has a supervisor's privilege: NX means nothing, and US must be set at all levels. Bits of
 * a large page's address below its size are 0, but for bit 12 (PAT). Words are as of
 * {@link HostWalk}.
 */
final class GuestWalk {
    private static final long PRESENT = 1;
    private static final long RW = 1 << 1;
    private static final long US = 1 << 2;
    private static final long ACCESSED = 1 << 5;
    private static final long DIRTY = 1 << 6;
    private static final long PS = 1 << 7;
    private static final long NX = 1L << 63;
    private static final long PAT_LARGE = 1 << 12;
    private static final long COMBINED = PRESENT | RW | US;
    private static final int LAST_LARGE_LEVEL = 3;
    private static final long INDEX = 0x1ff;
    /** What came of setting bits: done, the entry has changed meanwhile, or refused by host tables. */
    private static final int MARKED = 0;
    private static final int CHANGED = 1;
    private static final int REFUSED = 2;

    private final AmdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;
    private final GuestMemory memory;

    GuestWalk(AmdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts, GuestMemory memory) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
        this.memory = memory;
    }

    /** Flags of the event that refuses an access to a page whose rights it lacks. */
    static long refusal(long word) {
        return HostWalk.refusal(word) | Event.US;
    }

    /** As {@link HostWalk#find}, by the tables of the target's PASID; the answer is guest physical. */
    long find(Target target, long address, int access, long remembered) {
        // Two addresses that differ above the sign alone are one for the caches, and one of them is not canonical.
        int bits = lg2(target.guestLevels + 1);
        if (address >> bits - 1 != 0 && address >> bits - 1 != -1) {
            return HostWalk.notPresent();
        }
        long word = caches.iotlb.find(target.guestTag, address & span(target));
        if (word != 0 && ((access & ~HostWalk.usable(word)) == 0 || (access & ~HostWalk.rights(word)) != 0)) {
            counts.add(Counts.IOTLB_HITS);
            return word;
        }
        counts.add(Counts.IOTLB_MISSES);
        for (int level = 1; level < target.guestLevels; level++) {
            long known = caches.walk.get(target.guestTag, address & span(target), lg2(level + 1));
            if (known != 0) {
                counts.add(Counts.WALK_HITS);
                return descend(target, address, access, level, known & HostWalk.ADDRESS, combined(known), remembered);
            }
        }
        counts.add(Counts.WALK_MISSES);
        return descend(target, address, access, target.guestLevels, target.guestRoot, COMBINED, remembered);
    }

    /** Log2 of what an entry of a level maps. */
    private static int lg2(int level) {
        return HostWalk.PAGE_LG2 + HostWalk.LEVEL_BITS * (level - 1);
    }

    /** The bits of an address that are not a copy of its sign: the caches hold no more. */
    private static long span(Target target) {
        return (1L << lg2(target.guestLevels + 1)) - 1;
    }

    private static long combined(long known) {
        return PRESENT | ((HostWalk.rights(known) & Protection.WRITE) != 0 ? RW : 0)
                | ((HostWalk.rights(known) & Protection.READ) != 0 ? US : 0);
    }

    private long descend(Target target, long address, int access, int from, long fromTable, long fromAbove,
            long remembered) {
        int level = from;
        long table = fromTable;
        long above = fromAbove;
        while (true) {
            long guestSlot = table + ((address >>> lg2(level) & INDEX) << 3);
            long slot = memory.read(target, guestSlot, remembered);
            if (slot == GuestMemory.FAILED) {
                return 0;
            }
            counts.add(Counts.MEMORY_REFERENCES);
            // Accessed bits are always kept here, so that entries are read where they are set.
            long entry = fetch.fetch64(slot, true);
            if (fetch.failed()) {
                target.refuse(Event.PAGE_TABLE_ERROR | Event.GN | Event.MASTER_ABORT, slot);
                return 0;
            }
            if ((entry & PRESENT) == 0) {
                return absent(target, address, remembered);
            }
            boolean leaf = level == 1 || (entry & PS) != 0;
            if ((entry & reserved(level, leaf)) != 0) {
                target.refuse(Event.PAGE_FAULT | Event.GN | Event.US | Event.PR | Event.RZ);
                return 0;
            }
            long combined = above & entry;
            boolean write = leaf && (access & Protection.WRITE) != 0 && (combined & COMBINED) == COMBINED;
            long mark = ACCESSED | (write ? DIRTY : 0);
            if ((entry & mark) != mark) {
                int marked = mark(target, guestSlot, entry, mark, remembered);
                if (marked == REFUSED) {
                    return 0;
                }
                if (marked == CHANGED) {
                    continue;
                }
            }
            if (leaf) {
                return page(target, address, level, entry | mark, combined, remembered);
            }
            above = combined;
            level--;
            table = entry & HostWalk.ADDRESS;
            remember(target, address, level, table, above, remembered);
        }
    }

    private void remember(Target target, long address, int level, long table, long above, long remembered) {
        int rights = ((above & US) != 0 ? Protection.READ : 0) | ((above & RW) != 0 ? Protection.WRITE : 0);
        caches.walk.put(target.guestTag, address & span(target), lg2(level + 1),
                HostWalk.word(table, HostWalk.PAGE_LG2, rights, 0), remembered);
    }

    /** Sets bits of an entry, whose guest page must be writable for that. */
    private int mark(Target target, long guestSlot, long entry, long bits, long remembered) {
        long slot = memory.change(target, guestSlot, remembered);
        return slot == GuestMemory.FAILED ? REFUSED : fetch.mark(slot, entry, bits) ? MARKED : CHANGED;
    }

    private long reserved(int level, boolean leaf) {
        long large = leaf && level > 1 ? (1L << lg2(level)) - (1L << HostWalk.PAGE_LG2) & ~PAT_LARGE : 0;
        return large | (level > LAST_LARGE_LEVEL ? PS : 0) | (caps.noExecute() ? 0 : NX);
    }

    private long page(Target target, long address, int level, long entry, long combined, long remembered) {
        int rights = (combined & US) == 0 ? 0 : Protection.READ | ((combined & RW) != 0 ? Protection.WRITE : 0);
        int usable = (entry & DIRTY) != 0 ? rights : rights & ~Protection.WRITE;
        long word = HostWalk.word(entry & HostWalk.ADDRESS & -1L << lg2(level), lg2(level), rights, usable);
        caches.iotlb.put(target.guestTag, address & span(target), lg2(level), word, remembered);
        return word;
    }

    private long absent(Target target, long address, long remembered) {
        if (caps.cachesNotPresent()) {
            caches.iotlb.put(target.guestTag, address & span(target), HostWalk.PAGE_LG2, HostWalk.notPresent(),
                    remembered);
        }
        return HostWalk.notPresent();
    }
}
