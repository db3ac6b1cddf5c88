package org.iommu4j.hwsim.vtd;

/**
 * From source-id and PASID to PASID-table entry, through the PASID cache. VT-d specification 3.4.3, 3.6; conditions in
 * the order of 7.1.3. One a device thread.
 */
final class PasidLookup {
    private static final long PAGE_POINTER = -1L << 12;

    private final VtdCapabilities caps;
    private final TranslationCaches caches;
    private final EntryFetch fetch;
    private final Counts counts;
    private final long[] words = new long[PasidEntry.WORDS];
    /** Words 0, 2 and 1 of the entry: what the cache holds, the one with the domain-id last. */
    private final long[] held = new long[TranslationCaches.PASID_WORDS];

    PasidLookup(VtdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
    }

    /**
     * @param directory physical address of the PASID directory
     * @param pasid within the directory
     * @param supervisor the request has a supervisor's privilege
     * @return false with {@link Target#fault} set if the request must be refused
     */
    boolean find(long directory, int sid, int pasid, boolean supervisor, long remembered, Target target) {
        long key = TranslationCaches.pasidKey(sid, pasid);
        if (caches.pasid.get(key, held)) {
            counts.add(Counts.PASID_HITS);
        } else {
            counts.add(Counts.PASID_MISSES);
            if (!fetch(directory, pasid, target)) {
                return false;
            }
            boolean present = (words[0] & PasidEntry.P) != 0;
            if (present && PasidEntry.reserved(words, caps)) {
                target.quiet |= (words[0] & PasidEntry.FPD) != 0;
                return target.refuse(FaultReason.S_PASID_RESERVED);
            }
            hold(present);
            if (present || caps.cachingMode()) {
                caches.pasid.put(key, held, remembered);
            }
        }
        target.quiet |= (held[0] & PasidEntry.FPD) != 0;
        return (held[0] & PasidEntry.P) == 0 ? target.refuse(FaultReason.S_PASID_NOT_PRESENT)
                : decode(pasid, supervisor, target);
    }

    /** What is not present is cached, if at all, under domain-id 0: 6.1. */
    private void hold(boolean present) {
        held[0] = words[0];
        held[1] = words[2];
        held[2] = present ? words[1] : 0;
    }

    private boolean decode(int pasid, boolean supervisor, Target target) {
        boolean snooped = caps.pageWalkCoherency() && PasidEntry.snooped(held[2]);
        int did = PasidEntry.did(held[2]);
        int type = PasidEntry.type(held[0]);
        if (type == PasidEntry.PGTT_PASS_THROUGH && caps.passThrough()) {
            return target.pass(caps);
        }
        if (type == PasidEntry.PGTT_SECOND_STAGE && caps.secondStage()
                && caps.supportsWidth(PasidEntry.width(held[0]))) {
            target.tag = caches.tagOfSecondStage(did);
            return target.second(held[0], snooped, caps, caches);
        }
        if (type == PasidEntry.PGTT_FIRST_STAGE && caps.supportsFirstStage(PasidEntry.firstStageLevels(held[1]))) {
            if (supervisor && !PasidEntry.supervisorAllowed(held[1])) {
                return target.refuse(FaultReason.S_SUPERVISOR);
            }
            target.tag = caches.tagOfFirstStage(did, pasid, supervisor);
            return target.first(held[1], snooped, supervisor, caches);
        }
        return target.refuse(FaultReason.S_PASID_INVALID);
    }

    private boolean fetch(long directory, int pasid, Target target) {
        counts.add(Counts.MEMORY_REFERENCES, 2);
        long entry = fetch.fetch64(directory + ((long) pasid >>> PasidEntry.TABLE_LG2) * Long.BYTES);
        if (fetch.failed()) {
            return target.refuse(FaultReason.S_DIRECTORY_ACCESS);
        }
        target.quiet |= (entry & PasidEntry.FPD) != 0;
        if ((entry & PasidEntry.P) == 0) {
            return target.refuse(FaultReason.S_DIRECTORY_NOT_PRESENT);
        }
        if ((entry & PasidEntry.directoryReserved(caps)) != 0) {
            return target.refuse(FaultReason.S_DIRECTORY_RESERVED);
        }
        long slot = (long) (pasid & (1 << PasidEntry.TABLE_LG2) - 1) << PasidEntry.BYTES_LG2;
        fetch.fetchUnits((entry & PAGE_POINTER) + slot, words, PasidEntry.WORDS);
        return !fetch.failed() || target.refuse(FaultReason.S_PASID_ACCESS);
    }
}
