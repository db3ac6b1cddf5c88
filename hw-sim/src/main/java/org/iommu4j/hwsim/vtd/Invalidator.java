package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.cache.Intervals;

/**
 * Invalidations by granularity, as the queue and the registers both ask for them, and the drain that completes them.
 * VT-d specification 6.5.1.2, 6.5.2. Global granularity is 1, domain 2, device or page 3 in both. Not thread-safe: the
 * asking interface's lock covers it.
 */
final class Invalidator {
    static final int GLOBAL = 1;
    static final int DOMAIN = 2;
    static final int NARROW = 3;
    /** Granularity of a request that was refused. */
    static final int REFUSED = 0;

    private static final int PAGE_LG2 = 12;
    private static final int WIDEST_MASK = 51;

    private final VtdCapabilities caps;
    private final TranslationCaches caches;
    private final Intervals intervals;
    private boolean drainDue;

    Invalidator(VtdCapabilities caps, TranslationCaches caches, Intervals intervals) {
        this.caps = caps;
        this.caches = caches;
        this.intervals = intervals;
    }

    /**
     * Context cache. In scalable mode, whose entries have no domain-id, a domain is all of them.
     *
     * @return the granularity that was done, or {@link #REFUSED}
     */
    int contexts(int granularity, int did, int sid, int functionMask, boolean scalable) {
        if (granularity == REFUSED) {
            return REFUSED;
        }
        drainDue = true;
        if (granularity == GLOBAL || granularity == DOMAIN && scalable) {
            caches.invalidateContexts();
            return GLOBAL;
        }
        if (granularity == DOMAIN) {
            caches.invalidateContextsOfDomain(did);
        } else {
            caches.invalidateContextsOfDevice(sid, functionMask, scalable ? -1 : did);
        }
        return granularity;
    }

    /**
     * IOTLB, and the walk cache with it.
     *
     * @param address of the first page, in bits 63:12
     * @param mask log2 of the number of pages
     * @return the granularity that was done, or {@link #REFUSED}
     */
    int translations(int granularity, int did, long address, int mask, boolean leavesOnly) {
        if (granularity == REFUSED || granularity == NARROW && mask > caps.largestAddressMask()) {
            return REFUSED;
        }
        caches.makeRoomForTags(intervals);
        if (granularity == GLOBAL) {
            caches.invalidateTranslations();
        } else if (granularity == DOMAIN || !caps.pageSelective()) {
            caches.invalidateTranslationsOfDomain(did);
            return DOMAIN;
        } else {
            long bytes = bytes(mask);
            long first = address & -bytes;
            caches.invalidatePages(did, first, first + bytes - 1, leavesOnly);
        }
        return granularity;
    }

    /** What a drain bit of a translation invalidation asks for. */
    void drain(boolean writes, boolean reads) {
        drainDue |= caps.drains(writes, reads);
    }

    /** PASID cache: granularity 0 domain, 1 PASID, 3 global. @return false if it is another one */
    boolean pasids(int granularity, int did, int pasid) {
        drainDue = true;
        switch (granularity) {
            case 0 -> caches.invalidatePasidsOfDomain(did);
            case 1 -> caches.invalidatePasid(did, pasid);
            case 3 -> caches.invalidatePasids();
            default -> {
                return false;
            }
        }
        return true;
    }

    /**
     * First-stage translations of a PASID: granularity 2 all, 3 pages; always drained (6.5.2.4). Address, mask and
     * hint as of {@link #translations}.
     *
     * @return false if it is another granularity, or a mask that the unit does not support
     */
    boolean pasidTranslations(int granularity, int did, int pasid, long address, int mask, boolean leavesOnly) {
        if (granularity < DOMAIN || granularity == NARROW && mask > caps.largestAddressMask()) {
            return false;
        }
        drainDue = true;
        caches.makeRoomForTags(intervals);
        if (granularity == DOMAIN) {
            caches.invalidateTranslationsOfPasid(did, pasid);
        } else {
            long bytes = bytes(mask);
            long first = address & -bytes;
            caches.invalidatePagesOfPasid(did, pasid, first, first + bytes - 1, leavesOnly);
        }
        return true;
    }

    private static long bytes(int mask) {
        return 1L << PAGE_LG2 + Math.min(mask, WIDEST_MASK - 1);
    }

    /** Returns when no transaction can use what has been removed: waits for those in flight, if a drain is due. */
    void complete() {
        if (drainDue) {
            drainDue = false;
            intervals.drain();
        }
    }
}
