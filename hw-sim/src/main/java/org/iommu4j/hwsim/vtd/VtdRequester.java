package org.iommu4j.hwsim.vtd;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.cache.Generation;
import org.iommu4j.hwsim.cache.Intervals;
import org.iommu4j.hwsim.machine.Requester;

/**
 * One device thread's port. VT-d specification 3.4 to 3.14. It keeps what its last source resolved to and its last
 * translation, and drops both at any invalidation or change of control, so a burst looks them up once. Such a use
 * counts as a hit of the caches that it stands for.
 */
final class VtdRequester implements Requester {
    private static final long INTERRUPT_RANGE = 0xfee0_0000L;
    private static final long INTERRUPT_RANGE_LENGTH = 0x10_0000L;

    private static final long PAGE = -1L << 12;
    private static final long NO_PAGE = 1;

    private final Control control;
    private final TranslationCaches caches;
    private final FaultRecording faults;
    private final Intervals.Cell interval;
    private final Counts counts;
    private final ContextLookup contexts;
    private final PagingWalk paging;
    private final Target target = new Target();
    private long resolvedAt = -1;
    private int resolvedRid;
    private int resolvedPasid;
    /** Page of {@link #lastWord}; {@link #NO_PAGE} if there is none. Only good for the source that is resolved. */
    private long lastPage = NO_PAGE;
    private long lastWord;

    VtdRequester(VtdCapabilities caps, Control control, TranslationCaches caches, FaultRecording faults,
            Intervals.Cell interval, EntryFetch fetch, Counts counts) {
        this.control = control;
        this.caches = caches;
        this.faults = faults;
        this.interval = interval;
        this.counts = counts;
        this.contexts = new ContextLookup(caps, caches, fetch, counts);
        this.paging = new PagingWalk(caps, caches, fetch, counts);
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
    public long translate(int rid, int pasid, long iova, int access) {
        counts.add(Counts.TRANSLATIONS);
        if (iova - INTERRUPT_RANGE >= 0 && iova - INTERRUPT_RANGE < INTERRUPT_RANGE_LENGTH) {
            return interruptRange(rid, pasid, iova, access);
        }
        long generation = caches.generation.current();
        if (generation == resolvedAt && rid == resolvedRid && pasid == resolvedPasid) {
            counts.add(Counts.CONTEXT_HITS);
            if (target.scalable) {
                counts.add(Counts.PASID_HITS);
            }
        } else if (!resolve(generation, rid, pasid)) {
            return refuse(rid, pasid, iova, access, target.fault);
        }
        if (target.off) {
            return iova;
        }
        if (iova + target.half >>> target.addressBits != 0) {
            return refuse(rid, pasid, iova, access, target.beyond);
        }
        return target.passThrough ? iova : throughTables(generation, rid, pasid, iova, access);
    }

    private long throughTables(long generation, int rid, int pasid, long iova, int access) {
        long word = (iova & PAGE) == lastPage ? lastWord : caches.iotlb.find(target.tag, iova);
        if (word != 0 && !PagingWalk.needsMark(word, access)) {
            counts.add(Counts.IOTLB_HITS);
        } else {
            counts.add(Counts.IOTLB_MISSES);
            word = paging.walk(target, iova, access, generation);
            if (word == 0) {
                int reason = target.fault;
                target.fault = FaultReason.NONE;
                return refuse(rid, pasid, iova, access, reason);
            }
        }
        if ((access & ~(int) word & PagingWalk.ACCESS) != 0) {
            return refuse(rid, pasid, iova, access, PagingWalk.refusal(word, access, target.format));
        }
        lastPage = iova & PAGE;
        lastWord = word;
        long pa = word & PagingWalk.ADDRESS | iova & PagingWalk.within(word);
        if (pa - INTERRUPT_RANGE >= 0 && pa - INTERRUPT_RANGE < INTERRUPT_RANGE_LENGTH) {
            return refuse(rid, pasid, iova, access, inInterruptRange());
        }
        return pa;
    }

    private boolean resolve(long generation, int rid, int pasid) {
        resolvedAt = -1;
        lastPage = NO_PAGE;
        target.clear();
        if (!control.translating()) {
            target.off = true;
        } else if (!contexts.find(control.root(), rid, pasid, generation, target)) {
            return false;
        }
        resolvedAt = Generation.isQuiet(generation) ? generation : -1;
        resolvedRid = rid;
        resolvedPasid = pasid;
        return true;
    }

    /** A write is an interrupt message, and interrupt remapping is absent; anything else is no request: 3.14. */
    private long interruptRange(int rid, int pasid, long iova, int access) {
        if (!control.translating() || access == Protection.WRITE && pasid == NO_PASID) {
            return iova;
        }
        target.clear();
        resolvedAt = -1;
        target.scalable = control.scalable();
        return refuse(rid, pasid, iova, access, inInterruptRange());
    }

    private int inInterruptRange() {
        return target.scalable ? FaultReason.S_INTERRUPT_RANGE : FaultReason.INTERRUPT_RANGE;
    }

    private long refuse(int rid, int pasid, long iova, int access, int reason) {
        counts.add(Counts.FAULTS);
        if (!target.quiet) {
            faults.record(rid, pasid, reason, (access & Protection.WRITE) != 0, iova);
        }
        return ABORT;
    }
}
