package org.iommu4j.hwsim.vtd;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.hwsim.cache.Generation;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.cache.PageCache;
import org.iommu4j.hwsim.cache.SetCache;
import org.iommu4j.hwsim.cache.TagTable;

/**
 * The four caches of a unit, how they are tagged, and the invalidations that software can ask for. VT-d specification
 * 6.2 (caching), 6.5.2 (granularities).
 *
 * <ul>
 * <li>context cache: by source-id; the entry's domain-id is kept beside it (legacy mode)
 * <li>PASID cache: by source-id and PASID; the entry's domain-id is kept beside it
 * <li>IOTLB: by domain-id, page and size; translations of a first stage by PASID and privilege too
 * <li>walk cache: pointers to tables, tagged as translations, by the address range that the table covers
 * </ul>
 *
 * <p>An invalidation that names a page removes IOTLB entries that lie wholly inside its range: software gives the
 * address mask of a large page (6.5.2.3), and this unit does nothing as a favour.
 */
final class TranslationCaches {
    /** Data words of a PASID cache entry. */
    static final int PASID_WORDS = 3;

    private static final long VALID = 1L << 63;
    private static final int PASID_BITS = 20;
    private static final long SID_MASK = 0xffffL;
    private static final long PASID_MASK = (1L << PASID_BITS) - 1;
    /** The bits of a function number that the field FM leaves out of the comparison: 6.5.2.1. */
    private static final int[] FUNCTION_MASK = {0b000, 0b100, 0b110, 0b111};

    /** Space of a domain in {@link #tags}; each PASID has two more. */
    private static final int SECOND_STAGE = 0;
    private static final int[] LEAF_SIZES = {12, 21, 30};
    private static final int[] TABLE_SIZES = {21, 30, 39, 48};
    private static final String[] KINDS = {
        "context.invalidations.global", "context.invalidations.domain", "context.invalidations.device",
        "pasid.invalidations.global", "pasid.invalidations.domain", "pasid.invalidations.pasid",
        "iotlb.invalidations.global", "iotlb.invalidations.domain", "iotlb.invalidations.page",
        "iotlb.invalidations.pasid", "iotlb.invalidations.pasidPage"};
    private static final int CONTEXT = 0;
    private static final int PASID = 3;
    private static final int IOTLB = 6;

    final Generation generation = new Generation();
    final SetCache context;
    final SetCache pasid;
    final PageCache iotlb;
    final PageCache walk;

    /** How the tables that the caches know are read. */
    final PagingFormat legacySecondStage;
    final PagingFormat secondStage;
    final PagingFormat firstStage;

    private final TagTable tags = new TagTable();
    private final AtomicLongArray counts = new AtomicLongArray(KINDS.length);

    TranslationCaches(VtdCapabilities caps, VtdCaches geometry, long seed) {
        legacySecondStage = PagingFormat.legacySecondStage(caps);
        secondStage = PagingFormat.secondStage(caps);
        firstStage = PagingFormat.firstStage(caps);
        context = new SetCache(geometry.context(), 2, seed, generation);
        pasid = new SetCache(geometry.pasid(), PASID_WORDS, seed + 1, generation);
        iotlb = new PageCache(geometry.iotlb(), seed + 2, generation, LEAF_SIZES);
        walk = new PageCache(geometry.walk(), seed + 3, generation, TABLE_SIZES);
    }

    static long contextKey(int sid) {
        return VALID | sid;
    }

    static long pasidKey(int sid, int pasid) {
        return VALID | (long) sid << PASID_BITS | pasid;
    }

    /** What translations of a domain's second stage are cached under. */
    int tagOfSecondStage(int did) {
        return tags.tag(did, SECOND_STAGE);
    }

    /** What translations of a PASID's first stage are cached under: they are not the same for both privileges. */
    int tagOfFirstStage(int did, int pasid, boolean supervisor) {
        return tags.tag(did, firstStageSpace(pasid, supervisor));
    }

    private static int firstStageSpace(int pasid, boolean supervisor) {
        return SECOND_STAGE + 1 + 2 * pasid + (supervisor ? 1 : 0);
    }

    void invalidateContexts() {
        begin(CONTEXT);
        context.clear();
        generation.end();
    }

    /** Legacy mode only: context entries of scalable mode have no domain-id. */
    void invalidateContextsOfDomain(int did) {
        begin(CONTEXT + 1);
        context.removeMatching(VALID, VALID, ContextEntry.DID_MASK, ContextEntry.did(did));
        generation.end();
    }

    /**
     * @param functionMask the field FM, 0 to 3
     * @param did that the entry must have, or -1 in scalable mode
     */
    void invalidateContextsOfDevice(int sid, int functionMask, int did) {
        begin(CONTEXT + 2);
        long mask = SID_MASK & ~FUNCTION_MASK[functionMask];
        context.removeMatching(VALID | mask, VALID | sid & mask, did < 0 ? 0 : ContextEntry.DID_MASK,
                did < 0 ? 0 : ContextEntry.did(did));
        generation.end();
    }

    void invalidatePasids() {
        begin(PASID);
        pasid.clear();
        generation.end();
    }

    void invalidatePasidsOfDomain(int did) {
        begin(PASID + 1);
        pasid.removeMatching(VALID, VALID, PasidEntry.DID_MASK, did);
        generation.end();
    }

    void invalidatePasid(int did, int value) {
        begin(PASID + 2);
        pasid.removeMatching(VALID | PASID_MASK, VALID | value, PasidEntry.DID_MASK, did);
        generation.end();
    }

    void invalidateTranslations() {
        begin(IOTLB);
        iotlb.clear();
        walk.clear();
        generation.end();
    }

    void invalidateTranslationsOfDomain(int did) {
        begin(IOTLB + 1);
        tags.forgetDomain(did);
        generation.end();
    }

    /**
     * Of the second stage.
     *
     * @param leavesOnly the field IH: no table has been changed or freed, so pointers to tables stay
     */
    void invalidatePages(int did, long first, long last, boolean leavesOnly) {
        begin(IOTLB + 2);
        remove(tags.find(did, SECOND_STAGE), first, last, leavesOnly);
        generation.end();
    }

    /** Of the first stage: what the second stage has cached carries no PASID. */
    void invalidateTranslationsOfPasid(int did, int value) {
        begin(IOTLB + 3);
        tags.forget(did, firstStageSpace(value, false));
        tags.forget(did, firstStageSpace(value, true));
        generation.end();
    }

    /** Of the first stage; parameters as of {@link #invalidatePages}. */
    void invalidatePagesOfPasid(int did, int value, long first, long last, boolean leavesOnly) {
        begin(IOTLB + 4);
        remove(tags.find(did, firstStageSpace(value, false)), first, last, leavesOnly);
        remove(tags.find(did, firstStageSpace(value, true)), first, last, leavesOnly);
        generation.end();
    }

    private void remove(int tag, long first, long last, boolean leavesOnly) {
        if (tag != TagTable.NONE) {
            iotlb.removeInside(tag, first, last);
            if (!leavesOnly) {
                walk.removeTouching(tag, first, last);
            }
        }
    }

    /** Starts tags anew if few are left; before an invalidation, which may need some. */
    void makeRoomForTags(Intervals intervals) {
        if (tags.runsOut()) {
            generation.begin();
            iotlb.clear();
            walk.clear();
            tags.restart();
            intervals.drain();
            generation.end();
        }
    }

    /** Everything, as one: for a new root-table pointer where the unit promises that (CAP.ESRTPS). */
    void invalidateAll() {
        invalidateContexts();
        invalidatePasids();
        invalidateTranslations();
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
