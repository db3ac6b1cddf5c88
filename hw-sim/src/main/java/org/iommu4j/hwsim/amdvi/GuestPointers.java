package org.iommu4j.hwsim.amdvi;

/**
 * From PASID to the root of its guest tables, through the guest CR3 table of the device, of one to three levels. AMD
 * 48882 section 2.2.6.3. One a device thread. Pointers are guest physical addresses: host tables, if the device has
 * any, translate them.
 * <pre>
 *   63       52 51                           12 11          1   0
 *  +-----------+-------------------------------+-------------+---+
 *  |     0     |  next table, or guest CR3     |   ignored   | V |
 *  +-----------+-------------------------------+-------------+---+
 * </pre>
 */
final class GuestPointers {
    private static final int LEVEL_BITS = 9;
    private static final long INDEX = (1 << LEVEL_BITS) - 1;
    private static final long V = 1;
    private static final long POINTER = 0x000f_ffff_ffff_f000L;
    private static final long RESERVED = 0xfffL << 52;

    private final AmdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;
    private final GuestMemory memory;

    GuestPointers(AmdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts,
            GuestMemory memory) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
        this.memory = memory;
    }

    /**
     * Fills the target's PASID, guest tag and guest root.
     *
     * @param target with guest translation
     * @return false with {@link Target#fault} set if the PASID has no tables
     */
    boolean find(Target target, int pasid, long remembered) {
        target.pasid = pasid;
        if (pasid >>> Math.min(caps.pasidBits(), LEVEL_BITS * (target.guestPointerLevels + 1)) != 0) {
            return target.refuse(Event.PAGE_FAULT | Event.GN);
        }
        target.guestTag = caches.guestTag(target.domain, pasid);
        long key = TranslationCaches.guestKey(target.guestTag);
        long known = target.guestTag == 0 ? 0 : caches.guests.get(key);
        if (known != 0) {
            counts.add(Counts.GUEST_HITS);
            target.guestRoot = known & POINTER;
            return true;
        }
        counts.add(Counts.GUEST_MISSES);
        long entry = walk(target, pasid, remembered);
        if (entry == 0) {
            return false;
        }
        if (target.guestTag != 0) {
            caches.guests.put(key, entry, remembered);
        }
        target.guestRoot = entry & POINTER;
        return true;
    }

    /** The entry of a PASID, or 0 with a fault. */
    private long walk(Target target, int pasid, long remembered) {
        long entry = target.guestPointers;
        for (int level = target.guestPointerLevels; level >= 0; level--) {
            long table = entry & POINTER;
            long slot = memory.read(target, table + ((pasid >>> LEVEL_BITS * level & INDEX) << 3), remembered);
            if (slot == GuestMemory.FAILED) {
                return 0;
            }
            counts.add(Counts.MEMORY_REFERENCES);
            entry = fetch.fetch64(slot, target.snooped);
            if (fetch.failed()) {
                target.refuse(Event.PAGE_TABLE_ERROR | Event.GN | Event.MASTER_ABORT, slot);
                return 0;
            }
            if ((entry & V) == 0) {
                target.refuse(Event.PAGE_FAULT | Event.GN);
                return 0;
            }
            if ((entry & RESERVED) != 0) {
                target.refuse(Event.PAGE_FAULT | Event.GN | Event.PR | Event.RZ);
                return 0;
            }
        }
        return entry;
    }
}
