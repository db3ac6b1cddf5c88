package org.iommu4j.hwsim.smmuv3;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.cache.Generation;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.machine.Requester;

/**
 * One device thread's port. Arm IHI 0070, 3.3, 3.4, 3.12. It keeps what its last stream resolved to and its last
 * translation, and drops both at any invalidation or change of control, so a burst looks them up once. Such a use
 * counts as a hit of the caches that it stands for. A stalled transaction leaves its interval and comes back as a new
 * one.
 */
final class SmmuRequester implements Requester {
    private static final long PAGE = -1L << 12;
    private static final long NO_PAGE = 1;
    private static final int TOP_BYTE = 8;
    /** The fault of the target has to be dealt with. */
    private static final long FAULT = -2;

    private final SmmuIds ids;
    private final Control control;
    private final SmmuCaches caches;
    private final EventQueue events;
    private final Stalls stalls;
    private final Intervals.Cell interval;
    private final Counts counts;
    private final StreamLookup streams;
    private final NestedWalk walk;
    private final Target target = new Target();
    private final long[] record = new long[EventRecord.WORDS];
    private long resolvedAt = -1;
    private int resolvedSid;
    private int resolvedPasid;
    /** Page of {@link #lastWord}; {@link #NO_PAGE} if there is none. Only good for the stream that is resolved. */
    private long lastPage = NO_PAGE;
    private long lastWord;

    SmmuRequester(SmmuIds ids, Control control, SmmuCaches caches, EventQueue events, Stalls stalls,
            Intervals.Cell interval, TableFetch fetch, Counts counts) {
        this.ids = ids;
        this.control = control;
        this.caches = caches;
        this.events = events;
        this.stalls = stalls;
        this.interval = interval;
        this.counts = counts;
        this.walk = new NestedWalk(caches.translations, fetch, counts);
        this.streams = new StreamLookup(ids, control, caches, fetch, counts, walk);
    }

    @Override
    public void enter() {
        interval.enter();
    }

    @Override
    public void exit() {
        interval.exit();
    }

    @Override
    public long translate(int sid, int pasid, long iova, int access) {
        counts.add(Counts.TRANSLATIONS);
        while (true) {
            long pa = attempt(sid, pasid, iova, access);
            if (pa != FAULT) {
                return pa;
            }
            if (!refuse(sid, pasid, iova, access)) {
                return ABORT;
            }
        }
    }

    private long attempt(int sid, int pasid, long iova, int access) {
        long generation = caches.generation.current();
        if (generation == resolvedAt && sid == resolvedSid && pasid == resolvedPasid) {
            counts.add(Counts.STE_HITS);
            if (target.described) {
                counts.add(Counts.CD_HITS);
            }
        } else if (!resolve(generation, sid, pasid)) {
            return FAULT;
        }
        if (target.firstOn) {
            return firstStage(generation, iova, access);
        }
        return target.secondOn ? secondStage(generation, iova, access) : unchanged(iova);
    }

    private long unchanged(long iova) {
        if (target.aborts) {
            return ABORT;
        }
        if (iova >>> ids.outputBits() == 0) {
            return iova;
        }
        if (!target.off) {
            target.fault.first(Fault.F_ADDR_SIZE);
            return FAULT;
        }
        return ABORT;
    }

    private long firstStage(long generation, long iova, int access) {
        Stage half = target.half(iova);
        long va = half.topByteIgnored ? iova << TOP_BYTE >> TOP_BYTE : iova;
        if (half == target.low ? va >>> half.inputBits != 0 : va >> half.inputBits != -1) {
            target.fault.first(Fault.F_TRANSLATION);
            return FAULT;
        }
        int need = need(access);
        long word = (iova & PAGE) == lastPage ? lastWord : find(half, va);
        if (word != 0 && Translation.usable(word, target.kind, need)) {
            counts.add(Counts.IOTLB_HITS);
        } else {
            if (word != 0 && !Translation.firstAllows(word, target.kind, need)) {
                counts.add(Counts.IOTLB_HITS);
                target.fault.first(Fault.F_PERMISSION);
                return FAULT;
            }
            // What the second stage refuses is looked up again too: its IPA is not cached.
            counts.add(Counts.IOTLB_MISSES);
            word = walk.first(target, half, va, need, generation);
            if (word == 0) {
                return FAULT;
            }
        }
        lastPage = iova & PAGE;
        lastWord = word;
        return word & Translation.ADDRESS | va & Translation.within(word);
    }

    private long secondStage(long generation, long iova, int access) {
        if (iova >>> ids.outputBits() != 0) {
            target.fault.first(Fault.F_ADDR_SIZE);
            return FAULT;
        }
        int need = need(access);
        long word = (iova & PAGE) == lastPage ? lastWord : caches.translations.iotlb.find(target.secondTag, iova);
        if (word != 0 && iova >>> target.second.inputBits == 0 && Translation.usable(word, target.kind, need)) {
            counts.add(Counts.IOTLB_HITS);
        } else {
            counts.add(Counts.IOTLB_MISSES);
            word = walk.second(target, iova, need, Fault.IN, generation);
            if (word == 0) {
                return FAULT;
            }
        }
        lastPage = iova & PAGE;
        lastWord = word;
        return word & Translation.ADDRESS | iova & Translation.within(word);
    }

    private long find(Stage half, long va) {
        int[] tags = target.tags(half);
        for (int i = 0, end = target.tagCount(); i < end; i++) {
            long word = caches.translations.iotlb.find(tags[i], va);
            if (word != 0) {
                return word;
            }
        }
        return 0;
    }

    private int need(int access) {
        return target.instruction && access == Protection.READ ? Translation.EXECUTE : access;
    }

    private boolean resolve(long generation, int sid, int pasid) {
        resolvedAt = -1;
        lastPage = NO_PAGE;
        target.clear();
        if (!control.translating()) {
            target.off = true;
            target.aborts = control.abortsWhileOff();
        } else if (!streams.find(sid, pasid, generation, target)) {
            return false;
        }
        resolvedAt = Generation.isQuiet(generation) ? generation : -1;
        resolvedSid = sid;
        resolvedPasid = pasid;
        return true;
    }

    /** Records the fault, or stalls. @return true if the transaction is to be tried again */
    private boolean refuse(int sid, int pasid, long iova, int access) {
        counts.add(Counts.FAULTS);
        Fault fault = target.fault;
        boolean stalls = fault.ofTranslation() && (fault.second ? target.secondStalls : target.firstStalls);
        boolean silent = fault.ofTranslation() && !(fault.second ? target.secondRecords : target.firstRecords)
                || fault.type == Fault.C_BAD_STREAMID && !control.recordsBadStreams();
        record[0] = EventRecord.identity(fault.type, sid, pasid);
        record[1] = EventRecord.details(fault, access, target.privileged(), target.instruction);
        record[2] = EventRecord.input(fault, iova);
        record[3] = EventRecord.address(fault);
        fault.clear();
        if (stalls) {
            interval.exit();
            boolean again = this.stalls.hold(sid, record);
            interval.enter();
            return again;
        }
        if (!silent) {
            events.record(record[0], record[1], record[2], record[3], false);
        }
        return false;
    }
}
