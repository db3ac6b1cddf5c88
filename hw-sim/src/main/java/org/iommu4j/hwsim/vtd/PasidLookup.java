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

    PasidLookup(VtdCapabilities caps, TranslationCaches caches, EntryFetch fetch, Counts counts) {
        this.caps = caps;
        this.caches = caches;
        this.fetch = fetch;
        this.counts = counts;
    }

    /**
     * @param directory physical address of the PASID directory
     * @param pasid within the directory
     * @return false with {@link Target#fault} set if the request must be refused
     */
    boolean find(long directory, int sid, int pasid, long remembered, Target target) {
        long key = TranslationCaches.pasidKey(sid, pasid);
        if (caches.pasid.get(key, words)) {
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
            if (present || caps.cachingMode()) {
                caches.pasid.put(key, words[0], present ? words[1] : 0, remembered);
            }
        }
        target.quiet |= (words[0] & PasidEntry.FPD) != 0;
        return (words[0] & PasidEntry.P) == 0 ? target.refuse(FaultReason.S_PASID_NOT_PRESENT) : decode(target);
    }

    private boolean decode(Target target) {
        int aw = PasidEntry.width(words[0]);
        int type = PasidEntry.type(words[0]);
        if (type == PasidEntry.PGTT_PASS_THROUGH && caps.passThrough()) {
            return target.pass(caps);
        }
        if (type == PasidEntry.PGTT_SECOND_STAGE && caps.secondStage() && caps.supportsWidth(aw)) {
            return target.translate(PasidEntry.did(words[1]), aw, words[0], caps);
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
