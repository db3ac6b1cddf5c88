package org.iommu4j.vtd.queues;

import org.iommu4j.api.driver.Gather;
import org.iommu4j.driver.domain.DomainCaches;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.entries.Translation;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * What a unit may have cached, and the descriptors that make it forget (section 6.5.3, guidance to software). Each
 * method returns when the invalidation is complete and requests that used what was removed have ended, as far as the
 * unit drains. Any thread; allocates nothing.
 */
public final class UnitCaches implements DomainCaches<DomainForm> {
    /** PASID under which requests without one are translated in scalable mode. */
    private static final int RID_PASID = 0;
    /** Domain id under which caching mode keeps absent context entries (section 6.1). */
    private static final int ABSENT = 0;

    private final Invalidations invalidations;
    private final UnitRegisters registers;
    private final boolean scalable;
    private final boolean cachesAbsent;
    private final boolean buffersWrites;
    private final int mostMaskBits;
    private final long drains;

    public UnitCaches(Invalidations invalidations, UnitRegisters registers, Capabilities capabilities,
            boolean scalable) {
        this.invalidations = invalidations;
        this.registers = registers;
        this.scalable = scalable;
        this.cachesAbsent = capabilities.cachingMode();
        this.buffersWrites = capabilities.writeBufferFlush();
        this.mostMaskBits = capabilities.addressMaskBits();
        this.drains = IotlbInvalidation.drains(capabilities.drainsReads(), capabilities.drainsWrites());
    }

    public Invalidations invalidations() {
        return invalidations;
    }

    /** Everything: after the root table was set. */
    public void forgetAll() {
        invalidations.run(ContextCacheInvalidation.global(), 0);
        if (scalable) {
            invalidations.run(PasidCacheInvalidation.global(), 0);
        }
        invalidations.run(IotlbInvalidation.global(drains), 0);
    }

    /**
     * Pages of a domain that were unmapped.
     *
     * @param firstStage true if its table is of the first stage, whose translations are tagged by PASID, too
     * @param leavesOnly true if no table was unlinked
     */
    private void forgetPages(int domainId, boolean firstStage, long start, long last, boolean leavesOnly) {
        int maskBits = IotlbInvalidation.maskBits(start, last);
        if (maskBits > mostMaskBits) {
            forgetDomain(domainId, firstStage);
        } else {
            long pages = firstStage ? PasidIotlbInvalidation.pages(RID_PASID, domainId)
                    : IotlbInvalidation.pages(domainId, drains);
            invalidations.run(pages, IotlbInvalidation.range(start, maskBits, leavesOnly));
        }
    }

    /** All translations of a domain, cached tables included. */
    public void forgetDomain(int domainId, boolean firstStage) {
        invalidations.run(firstStage ? PasidIotlbInvalidation.pasid(RID_PASID, domainId)
                : IotlbInvalidation.domain(domainId, drains), 0);
    }

    /** Of interest to a unit that caches absent entries or buffers writes. */
    @Override
    public void mapped(int domainId, DomainForm form, long start, long last) {
        if (cachesAbsent) {
            forgetPages(domainId, form.firstStage(), start, last, false);
        } else if (buffersWrites) {
            registers.flushWriteBuffer();
        }
    }

    @Override
    public void forget(int domainId, DomainForm form, Gather gather) {
        if (gather.isEmpty()) {
            forgetDomain(domainId, form.firstStage()); // tables alone: their range is not known
        } else {
            forgetPages(domainId, form.firstStage(), gather.start(), gather.last(), gather.tableCount() == 0);
        }
    }

    /**
     * A requester's entry that was changed; first the entry, then what was translated by it.
     *
     * @param tableReplaced true if a table of entries was replaced and will be freed
     */
    public void entryChanged(int requester, Translation old, Translation now, boolean tableReplaced) {
        if (!old.isBlocked()) {
            forgetEntry(requester, old.domainId(), tableReplaced);
            forgetTranslations(old);
        } else if (cachesAbsent || tableReplaced) {
            if (cachesAbsent) {
                invalidations.run(ContextCacheInvalidation.device(requester, ABSENT), 0);
            }
            if (scalable) {
                invalidations.run(PasidCacheInvalidation.global(), 0);
            }
            forgetTranslations(now);
        } else if (buffersWrites) {
            registers.flushWriteBuffer();
        }
    }

    private void forgetEntry(int requester, int domainId, boolean tableReplaced) {
        if (!scalable) {
            invalidations.run(ContextCacheInvalidation.device(requester, domainId), 0);
        } else {
            // The unit may keep pointers to tables, and the specification does not tell under which tags.
            invalidations.run(tableReplaced ? PasidCacheInvalidation.global()
                    : PasidCacheInvalidation.pasid(RID_PASID, domainId), 0);
        }
    }

    private void forgetTranslations(Translation translation) {
        forgetDomain(translation.domainId(), scalable && translation.isTaggedByPasid());
    }
}
