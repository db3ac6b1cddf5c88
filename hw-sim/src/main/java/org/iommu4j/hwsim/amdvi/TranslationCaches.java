package org.iommu4j.hwsim.amdvi;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.hwsim.cache.Generation;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.cache.SetCache;
import org.iommu4j.hwsim.cache.SpanCache;
import org.iommu4j.hwsim.cache.TagTable;

/**
 * The caches of a unit, how they are tagged, and the invalidations that software can ask for. AMD 48882 section 2.2.1
 * (what may be cached), 2.4 (granularities).
 *
 * <ul>
 * <li>devices: device table entries, by device id
 * <li>guests: guest CR3 pointers, by domain and PASID
 * <li>IOTLB: translations of one stage, by domain, for guest tables by PASID too, by page and size
 * <li>walk cache: pointers to tables of one stage, tagged alike, by the address range that the table covers
 * </ul>
 *
 * <p>The two stages are cached apart, so that a change of host tables needs no look at what guest tables gave.
 *
 * <p>An invalidation of pages removes translations that lie wholly inside what it names: software gives at least the
 * size of the page (2.4.3), and this unit does nothing as a favour. A guest CR3 pointer goes with the directories (PDE)
 * of any address of its PASID.
 */
final class TranslationCaches {
    /** Data words of a cached device table entry. */
    static final int DEVICE_WORDS = 3;

    private static final long VALID = 1L << 63;
    private static final int HOST = 0;
    private static final int EVERYTHING = Long.SIZE;
    private static final String[] KINDS = {"devices.invalidations", "interrupts.invalidations",
        "pages.invalidations.host", "pages.invalidations.guest", "all.invalidations"};
    private static final int DEVICE = 0;
    private static final int INTERRUPTS = 1;
    private static final int PAGES = 2;
    private static final int ALL = 4;

    final Generation generation = new Generation();
    final SetCache devices;
    final SetCache guests;
    final SpanCache iotlb;
    final SpanCache walk;

    private final TagTable tags = new TagTable();
    private final AtomicLongArray counts = new AtomicLongArray(KINDS.length);

    TranslationCaches(AmdCaches geometry, long seed) {
        devices = new SetCache(geometry.devices(), DEVICE_WORDS, seed, generation);
        guests = new SetCache(geometry.guests(), 1, seed + 1, generation);
        iotlb = new SpanCache(geometry.iotlb(), seed + 2, generation);
        walk = new SpanCache(geometry.walk(), seed + 3, generation);
    }

    static long deviceKey(int device) {
        return VALID | device;
    }

    static long guestKey(int tag) {
        return VALID | tag;
    }

    /** What translations of a domain's host tables are cached under. */
    int hostTag(int domain) {
        return tags.tag(domain, HOST);
    }

    /** What translations of a PASID's guest tables are cached under. */
    int guestTag(int domain, int pasid) {
        return tags.tag(domain, guestSpace(pasid));
    }

    private static int guestSpace(int pasid) {
        return HOST + 1 + pasid;
    }

    /** INVALIDATE_DEVTAB_ENTRY. */
    void invalidateDevice(int device) {
        begin(DEVICE);
        devices.remove(deviceKey(device));
        generation.end();
    }

    /** INVALIDATE_INTERRUPT_TABLE: interrupts are not remapped, so nothing of such a table is cached. */
    void invalidateInterrupts() {
        begin(INTERRUPTS);
        generation.end();
    }

    /** INVALIDATE_IOMMU_PAGES without GN. @param lg2 of the block's size, 12 to 64 */
    void invalidateHost(int domain, long address, int lg2, boolean directories) {
        begin(PAGES);
        invalidate(domain, HOST, address, lg2, directories);
        generation.end();
    }

    /** INVALIDATE_IOMMU_PAGES with GN. Parameters as of {@link #invalidateHost}. */
    void invalidateGuest(int domain, int pasid, long address, int lg2, boolean directories) {
        begin(PAGES + 1);
        int tag = tags.find(domain, guestSpace(pasid));
        if (directories && tag != TagTable.NONE) {
            guests.remove(guestKey(tag));
        }
        invalidate(domain, guestSpace(pasid), address, lg2, directories);
        generation.end();
    }

    private void invalidate(int domain, int space, long address, int lg2, boolean directories) {
        int tag = tags.find(domain, space);
        if (lg2 == EVERYTHING && directories) {
            tags.forget(domain, space);
        } else if (tag != TagTable.NONE) {
            iotlb.removeInside(tag, address, lg2);
            if (directories) {
                walk.removeTouching(tag, address, lg2);
            }
        }
    }

    /** INVALIDATE_IOMMU_ALL. */
    void invalidateAll() {
        begin(ALL);
        devices.clear();
        guests.clear();
        iotlb.clear();
        walk.clear();
        generation.end();
    }

    /** Starts tags anew if few are left; before an invalidation, which may need some. */
    void makeRoomForTags(Intervals intervals) {
        if (tags.runsOut()) {
            generation.begin();
            guests.clear();
            iotlb.clear();
            walk.clear();
            tags.restart();
            intervals.drain();
            generation.end();
        }
    }

    void counters(String unit, Map<String, Long> into) {
        for (int i = 0; i < KINDS.length; i++) {
            into.put(unit + "." + KINDS[i], counts.get(i));
        }
    }

    private void begin(int kind) {
        generation.begin();
        counts.incrementAndGet(kind);
    }
}
