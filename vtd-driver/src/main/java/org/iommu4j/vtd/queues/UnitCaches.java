package org.iommu4j.vtd.queues;

import org.iommu4j.vtd.entries.Translation;
import org.iommu4j.vtd.registers.Capabilities;

/**
 * What a unit may have cached, and the descriptors that make it forget (section 6.5.3, guidance to software). Each
 * method returns when the invalidation is complete and requests that used what was removed have ended, as far as the
 * unit drains. Any thread; allocates nothing.
 */
public final class UnitCaches {
    /** PASID under which requests without one are translated in scalable mode. */
    private static final int RID_PASID = 0;
    /** Domain id under which caching mode keeps absent context entries (section 6.1). */
    private static final int ABSENT = 0;

    private final InvalidationQueue queue;
    private final boolean scalable;
    private final boolean mapsNeedInvalidation;
    private final int mostMaskBits;
    private final long drains;

    public UnitCaches(InvalidationQueue queue, Capabilities capabilities, boolean scalable) {
        this.queue = queue;
        this.scalable = scalable;
        // Section 6.8: an invalidation flushes the write buffer, so units that have one need nothing else.
        this.mapsNeedInvalidation = capabilities.cachingMode() || capabilities.writeBufferFlush();
        this.mostMaskBits = capabilities.addressMaskBits();
        this.drains = IotlbInvalidation.drains(capabilities.drainsReads(), capabilities.drainsWrites());
    }

    public InvalidationQueue queue() {
        return queue;
    }

    /** Everything: after the root table was set. */
    public void forgetAll() {
        queue.run(ContextCacheInvalidation.global(), 0);
        if (scalable) {
            queue.run(PasidCacheInvalidation.global(), 0);
        }
        queue.run(IotlbInvalidation.global(drains), 0);
    }

    /**
     * Pages of a domain that were unmapped.
     *
     * @param leavesOnly true if no table was unlinked
     */
    public void forgetPages(int domainId, long start, long last, boolean leavesOnly) {
        int maskBits = IotlbInvalidation.maskBits(start, last);
        if (maskBits > mostMaskBits) {
            forgetDomain(domainId);
        } else {
            queue.run(IotlbInvalidation.pages(domainId, drains), IotlbInvalidation.range(start, maskBits, leavesOnly));
        }
    }

    /** All translations of a domain, cached tables included. */
    public void forgetDomain(int domainId) {
        queue.run(IotlbInvalidation.domain(domainId, drains), 0);
    }

    /** True if {@link #mapped} has anything to do. */
    public boolean mapsNeedInvalidation() {
        return mapsNeedInvalidation;
    }

    /** Pages of a domain that were mapped, on a unit that caches absent entries or buffers writes. */
    public void mapped(int domainId, long start, long last) {
        forgetPages(domainId, start, last, false);
    }

    /** A requester's entry that was changed; first the entry, then what was translated by it. */
    public void entryChanged(int requester, Translation old, Translation now) {
        if (!old.isBlocked()) {
            forgetEntry(requester, old.domainId());
            forgetTranslations(old);
        } else if (mapsNeedInvalidation) {
            queue.run(ContextCacheInvalidation.device(requester, ABSENT), 0);
            if (scalable) {
                queue.run(PasidCacheInvalidation.global(), 0);
            }
            forgetTranslations(now);
        }
    }

    private void forgetEntry(int requester, int domainId) {
        queue.run(scalable ? PasidCacheInvalidation.pasid(RID_PASID, domainId)
                : ContextCacheInvalidation.device(requester, domainId), 0);
    }

    private void forgetTranslations(Translation translation) {
        if (scalable && translation.kind() == Translation.Kind.IDENTITY) {
            queue.run(PasidIotlbInvalidation.pasid(RID_PASID, translation.domainId()), 0);
        } else {
            forgetDomain(translation.domainId());
        }
    }
}
