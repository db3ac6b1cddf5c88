package org.iommu4j.hwsim.smmuv3;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.hwsim.cache.Generation;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.cache.PageCache;
import org.iommu4j.hwsim.cache.SetCache;

/**
 * The caches of a unit and how they are tagged. Arm IHI 0070, 3.17 (tagging), 4.3, 4.4 (invalidation), 16.2 (caching).
 *
 * <ul>
 * <li>stream table entries, by StreamID; level-1 descriptors of the stream table beside them
 * <li>context descriptors, by StreamID and SubstreamID; level-1 descriptors beside them
 * <li>IOTLB: translations of the first stage, or of both combined, by {@link Regime}, page and size; translations of
 *     the second stage alone by VMID
 * <li>walk cache: pointers to tables, tagged as translations, by the address range that the table covers
 * </ul>
 *
 * <p>Structures are cached as they are read, valid or not; level-1 descriptors and table descriptors only if they are
 * valid. A command removes what the specification asks it to remove, and nothing as a favour.
 */
final class SmmuCaches {
    private static final long VALID = 1L << 63;
    private static final int SSID_BITS = 20;
    private static final long SSID_MASK = (1L << SSID_BITS) - 1;
    private static final long WIDE_LEAF = 1L << 52;
    private static final long SID_MASK = 0xffff_ffffL;
    private static final String[] KINDS = {
        "ste.invalidations.stream", "ste.invalidations.range", "cd.invalidations.context", "cd.invalidations.stream",
        "iotlb.invalidations.all", "iotlb.invalidations.vmid", "iotlb.invalidations.asid", "iotlb.invalidations.page",
        "iotlb.invalidations.ipa"};

    static final int STREAM = 0;
    static final int STREAM_RANGE = 1;
    static final int CONTEXT = 2;
    static final int CONTEXTS = 3;
    static final int ALL = 4;
    static final int VMID = 5;
    static final int ASID = 6;
    static final int PAGE = 7;
    static final int IPA = 8;

    final Generation generation = new Generation();
    final SetCache streams;
    final SetCache contexts;
    final Translations translations;

    private final SetCache streamTables;
    private final SetCache contextTables;
    private final AtomicLongArray counts = new AtomicLongArray(KINDS.length);

    SmmuCaches(CacheSizes sizes, long seed) {
        streams = new SetCache(sizes.ste(), StreamEntry.USED_WORDS, seed, generation);
        streamTables = new SetCache(sizes.ste(), 1, seed + 1, generation);
        contexts = new SetCache(sizes.cd(), ContextDescriptor.USED_WORDS, seed + 2, generation);
        contextTables = new SetCache(sizes.cd(), 1, seed + 3, generation);
        translations = new Translations(
                new PageCache(sizes.iotlb(), seed + 4, generation, Translation.SIZES),
                new PageCache(sizes.walk(), seed + 5, generation, Translations.TABLE_SIZES));
    }

    static long streamKey(int sid) {
        return VALID | sid & SID_MASK;
    }

    static long contextKey(int sid, int ssid) {
        return VALID | (sid & SID_MASK) << SSID_BITS | ssid;
    }

    /** A level-1 stream table descriptor, or 0. @param first StreamID that it covers */
    long streamTable(int first) {
        return streamTables.get(streamKey(first));
    }

    void putStreamTable(int first, long descriptor, long remembered) {
        streamTables.put(streamKey(first), descriptor, remembered);
    }

    /** A level-1 context descriptor, or 0. @param leafLg2 6 or 10 */
    long contextTable(int sid, int ssid, int leafLg2) {
        return contextTables.get(contextTableKey(sid, ssid, leafLg2));
    }

    void putContextTable(int sid, int ssid, int leafLg2, long descriptor, long remembered) {
        contextTables.put(contextTableKey(sid, ssid, leafLg2), descriptor, remembered);
    }

    /** CMD_CFGI_STE: the entry, and all that was found through it. @param split of the stream table */
    void invalidateStream(int sid, boolean leaf, int split) {
        begin(STREAM);
        streams.remove(streamKey(sid));
        if (!leaf) {
            streamTables.remove(streamKey(sid & -1 << split));
        }
        removeContexts(sid, -1L);
        generation.end();
    }

    /** CMD_CFGI_STE_RANGE, all levels. @param lg2 of the number of StreamIDs, 1 to 32 */
    void invalidateStreams(int sid, int lg2, int split) {
        begin(STREAM_RANGE);
        long mask = SID_MASK & -1L << lg2;
        streams.removeMatching(VALID | mask, VALID | sid & mask, 0, 0);
        long tables = mask & -1L << split;
        streamTables.removeMatching(VALID | tables, VALID | sid & tables, 0, 0);
        removeContexts(sid, mask);
        generation.end();
    }

    /** CMD_CFGI_CD. */
    void invalidateContext(int sid, int ssid, boolean leaf) {
        begin(CONTEXT);
        contexts.remove(contextKey(sid, ssid));
        if (!leaf) {
            contextTables.remove(contextTableKey(sid, ssid, ContextDescriptor.leafLg2(1)));
            contextTables.remove(contextTableKey(sid, ssid, ContextDescriptor.leafLg2(2)));
        }
        generation.end();
    }

    /** CMD_CFGI_CD_ALL. */
    void invalidateContexts(int sid) {
        begin(CONTEXTS);
        removeContexts(sid, -1L);
        generation.end();
    }

    /** Any invalidation of translations, counted as one of the kinds above. */
    void invalidateTranslations(int kind, Runnable removal) {
        begin(kind);
        removal.run();
        generation.end();
    }

    /** Starts tags anew if few are left; before an invalidation, which may need some. */
    void makeRoomForTags(Intervals intervals) {
        if (translations.runsOut()) {
            generation.begin();
            translations.restart();
            intervals.drain();
            generation.end();
        }
    }

    void counters(String unit, Map<String, Long> into) {
        for (int i = 0; i < KINDS.length; i++) {
            into.put(unit + "." + KINDS[i], counts.get(i));
        }
    }

    private void removeContexts(int sid, long mask) {
        long key = (sid & mask & SID_MASK) << SSID_BITS;
        long keyMask = VALID | (mask & SID_MASK) << SSID_BITS;
        contexts.removeMatching(keyMask, VALID | key, 0, 0);
        contextTables.removeMatching(keyMask, VALID | key, 0, 0);
    }

    private static long contextTableKey(int sid, int ssid, int leafLg2) {
        return contextKey(sid, (int) (ssid & SSID_MASK & -1L << leafLg2))
                | (leafLg2 == ContextDescriptor.leafLg2(2) ? WIDE_LEAF : 0);
    }

    private void begin(int kind) {
        generation.begin();
        counts.incrementAndGet(kind);
    }
}
