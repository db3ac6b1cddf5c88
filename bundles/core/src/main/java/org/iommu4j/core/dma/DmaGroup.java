package org.iommu4j.core.dma;

import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;

/** A group, and the space of the default domain that it has now. */
final class DmaGroup {
    private final IommuGroup group;
    private final DomainOps ops;
    private final DeferredOps deferred;
    private final FlushTimer timer;
    private volatile DmaSpace space;
    private Domain recovered;
    private List<ReservedRegion> taken = List.of();

    DmaGroup(IommuGroup group, DomainOps ops, DeferredOps deferred, FlushTimer timer) {
        this.group = group;
        this.ops = ops;
        this.deferred = deferred;
        this.timer = timer;
    }

    /** @throws IommuException {@link Reason#NOT_SUPPORTED} if the default domain is the blocked one */
    DmaSpace space() {
        DmaSpace known = space;
        return known != null && known.domain() == group.defaultDomain() ? known : renewed();
    }

    /**
     * Ranges that were mapped in a default domain before this process: their addresses are not given again, and count
     * as mapped at chosen addresses.
     */
    synchronized void recovered(Domain domain, List<ReservedRegion> ranges) {
        recovered = domain;
        taken = List.copyOf(ranges);
        renewed();
    }

    /** The space, if somebody has used it since it became the default domain; else null. */
    DmaSpace known() {
        DmaSpace known = space;
        return known != null && known.domain() == group.defaultDomain() ? known : null;
    }

    private synchronized DmaSpace renewed() {
        Domain now = group.defaultDomain();
        if (space != null && space.domain() == now) {
            return space;
        }
        DmaSpace made = made(now);
        if (space != null) {
            space.retire();
        }
        space = made;
        return made;
    }

    private DmaSpace made(Domain now) {
        if (now.type() == DomainType.IDENTITY) {
            return new DirectSpace(now);
        }
        if (!now.type().isDma()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "group %d has no default domain for DMA: it is %s",
                    group.id(), now.type());
        }
        return new TranslatedSpace(now, group.reservedRegions(), now == recovered ? taken : List.of(), ops, deferred,
                timer);
    }
}
