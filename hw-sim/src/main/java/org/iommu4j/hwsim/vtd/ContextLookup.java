package org.iommu4j.hwsim.vtd;

import org.iommu4j.hwsim.machine.Requester;

/**
 * From source-id to context entry, through the context cache. VT-d specification 3.4.2, 3.4.3; conditions in the order
 * of 7.1.3. One a device thread.
 */
final class ContextLookup {
    private static final long PAGE_POINTER = -1L << 12;
    private static final int LOWER_DEVICES = 0x80;

    private final VtdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;
    private final PasidLookup pasids;
    private final long[] pair = new long[2];
    private final long[] words = new long[4];

    ContextLookup(VtdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
        this.pasids = new PasidLookup(caps, caches, fetch, counts);
    }

    /**
     * @param root RTADDR_REG in force
     * @param remembered generation from before
     * @return false with {@link Target#fault} set if the request must be refused
     */
    boolean find(long root, int sid, int pasid, long remembered, Target target) {
        long mode = root & Control.TTM;
        target.scalable = mode == Control.TTM_SCALABLE;
        if (mode != 0 && !(target.scalable && caps.scalableMode()) || (root & caps.beyondPhysical()) != 0) {
            target.scalable = true;
            return target.refuse(FaultReason.ROOT_POINTER_INVALID);
        }
        if (!target.scalable) {
            return pasid == Requester.NO_PASID ? legacy(root, sid, remembered, target)
                    : target.refuse(FaultReason.LEGACY_PASID);
        }
        return scalable(root, sid, pasid, remembered, target);
    }

    private boolean legacy(long root, int sid, long remembered, Target target) {
        long key = TranslationCaches.contextKey(sid);
        if (caches.context.get(key, words)) {
            counts.add(Counts.CONTEXT_HITS);
        } else {
            counts.add(Counts.CONTEXT_MISSES);
            if (!fetchLegacy(root, sid, target)) {
                return false;
            }
            cache(key, ContextEntry.legacyReserved(words[0], words[1], caps), remembered);
        }
        target.quiet = (words[0] & ContextEntry.FPD) != 0;
        if ((words[0] & ContextEntry.P) == 0) {
            return target.refuse(FaultReason.CONTEXT_NOT_PRESENT);
        }
        if (ContextEntry.legacyReserved(words[0], words[1], caps)) {
            return target.refuse(FaultReason.CONTEXT_RESERVED);
        }
        return decodeLegacy(target);
    }

    private boolean decodeLegacy(Target target) {
        int aw = ContextEntry.width(words[1]);
        int type = ContextEntry.translationType(words[0]);
        if (!caps.supportsWidth(aw)) {
            return target.refuse(FaultReason.CONTEXT_INVALID);
        }
        if (type == ContextEntry.TT_PASS_THROUGH && caps.passThrough()) {
            return target.pass(caps);
        }
        if (type == ContextEntry.TT_UNTRANSLATED || type == ContextEntry.TT_ALL && caps.deviceTlbs()) {
            target.tag = caches.tagOfSecondStage(ContextEntry.did(words[1]));
            return target.legacy(words[0], aw, caps, caches);
        }
        return target.refuse(FaultReason.CONTEXT_INVALID);
    }

    private boolean fetchLegacy(long root, int sid, Target target) {
        counts.add(Counts.MEMORY_REFERENCES, 2);
        fetch.fetchPair((root & PAGE_POINTER) + ((long) (sid >>> 8) << RootEntry.BYTES_LG2), pair);
        if (fetch.failed()) {
            return target.refuse(FaultReason.ROOT_ACCESS);
        }
        if ((pair[0] & RootEntry.P) == 0) {
            return target.refuse(FaultReason.ROOT_NOT_PRESENT);
        }
        if ((pair[0] & RootEntry.reserved(caps)) != 0 || pair[1] != 0) {
            return target.refuse(FaultReason.ROOT_RESERVED);
        }
        fetch.fetchUnits((pair[0] & PAGE_POINTER) + ((long) (sid & 0xff) << ContextEntry.LEGACY_BYTES_LG2), words, 2);
        return !fetch.failed() || target.refuse(FaultReason.CONTEXT_ACCESS);
    }

    private boolean scalable(long root, int sid, int pasid, long remembered, Target target) {
        long key = TranslationCaches.contextKey(sid);
        if (caches.context.get(key, words)) {
            counts.add(Counts.CONTEXT_HITS);
        } else {
            counts.add(Counts.CONTEXT_MISSES);
            if (!fetchScalable(root, sid, target)) {
                return false;
            }
            boolean reserved = ContextEntry.scalableReserved(words, caps);
            cache(key, reserved, remembered);
            if (reserved && (words[0] & ContextEntry.P) != 0) {
                target.quiet = (words[0] & ContextEntry.FPD) != 0;
                return target.refuse(FaultReason.S_CONTEXT_RESERVED);
            }
        }
        target.quiet = (words[0] & ContextEntry.FPD) != 0;
        if ((words[0] & ContextEntry.P) == 0) {
            return target.refuse(FaultReason.S_CONTEXT_NOT_PRESENT);
        }
        return selectPasid(sid, pasid, remembered, target);
    }

    private boolean selectPasid(int sid, int pasid, long remembered, Target target) {
        boolean without = pasid == Requester.NO_PASID;
        if (!without && !ContextEntry.pasidEnabled(words[0])) {
            return target.refuse(FaultReason.S_PASID_DISABLED);
        }
        int selected = without ? ContextEntry.ridPasid(words[1]) : pasid;
        if (selected >= ContextEntry.pasidLimit(words[0])) {
            return target.refuse(without ? FaultReason.S_RID_PASID_BEYOND : FaultReason.S_PASID_BEYOND);
        }
        boolean supervisor = without && ContextEntry.ridSupervisor(words[1]);
        return pasids.find(words[0] & PAGE_POINTER, sid, selected, supervisor, remembered, target);
    }

    private boolean fetchScalable(long root, int sid, Target target) {
        counts.add(Counts.MEMORY_REFERENCES, 2);
        int devfn = sid & 0xff;
        long half = (long) (devfn / LOWER_DEVICES) * Long.BYTES;
        long entry = fetch.fetch64((root & PAGE_POINTER) + ((long) (sid >>> 8) << RootEntry.BYTES_LG2) + half);
        if (fetch.failed()) {
            return target.refuse(FaultReason.S_ROOT_ACCESS);
        }
        if ((entry & RootEntry.P) == 0) {
            return target.refuse(FaultReason.S_ROOT_NOT_PRESENT);
        }
        if ((entry & RootEntry.reserved(caps)) != 0) {
            return target.refuse(FaultReason.S_ROOT_RESERVED);
        }
        long slot = (long) (devfn % LOWER_DEVICES) << ContextEntry.SCALABLE_BYTES_LG2;
        fetch.fetchUnits((entry & PAGE_POINTER) + slot, words, 4);
        return !fetch.failed() || target.refuse(FaultReason.S_CONTEXT_ACCESS);
    }

    /** Present entries without reserved bits; in caching mode also those not present, with domain-id 0 (6.1). */
    private void cache(long key, boolean reserved, long remembered) {
        if ((words[0] & ContextEntry.P) == 0) {
            if (caps.cachingMode()) {
                words[1] = 0;
                caches.context.put(key, words, remembered);
            }
        } else if (!reserved) {
            caches.context.put(key, words, remembered);
        }
    }
}
