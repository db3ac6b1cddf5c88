package org.iommu4j.vtd.domain;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.vtd.queues.UnitCaches;

/**
 * A page table, and the units whose requesters use it. The units' tags are an array that is replaced, never changed, so
 * that {@link #sync} reads it without a lock.
 */
public final class PagingDomain implements DriverDomain {
    private static final UnitTag[] NONE = {};
    private static final int FRAME_LG2 = 12;

    private final long id;
    private final DomainForm form;
    private final PageTable table;
    private final PageAllocator frames;
    private final MachineDomains siblings;
    private final long lastIova;
    private volatile UnitTag[] tags = NONE;
    /** The unit whose record names the domain even while it has no requesters; null once that unit has left. */
    private volatile UnitCaches home;

    PagingDomain(long id, DomainForm form, PageTable table, PageAllocator frames, MachineDomains siblings) {
        this.id = id;
        this.form = form;
        this.table = table;
        this.frames = frames;
        this.siblings = siblings;
        this.lastIova = Math.min(table.lastIova(), (1L << form.addressBits()) - 1);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public long lastIova() {
        return lastIova;
    }

    @Override
    public long pageSizes() {
        return form.pageSizes();
    }

    public DomainForm form() {
        return form;
    }

    /** Physical address of the top table. */
    public long root() {
        return table.root();
    }

    @Override
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        table.map(iova, pa, length, protection, gather);
        for (UnitTag tag : tags) {
            if (tag.caches.mapsNeedInvalidation()) {
                tag.caches.mapped(tag.domainId, iova, iova + length - 1);
            }
        }
    }

    @Override
    public long unmap(long iova, long length, Gather gather) {
        return table.unmap(iova, length, gather);
    }

    @Override
    public void sync(Gather gather) {
        if (gather.isEmpty() && gather.tableCount() == 0) {
            return;
        }
        // A unit that joins later than this line reads the tables after the stores before it.
        VarHandle.fullFence();
        for (UnitTag tag : tags) {
            forget(tag, gather);
        }
        for (int i = 0; i < gather.tableCount(); i++) {
            frames.free(gather.table(i), FRAME_LG2);
        }
        gather.clear();
    }

    @Override
    public long translate(long iova) {
        return table.translate(iova);
    }

    @Override
    public long translate(long iova, Gather gather) {
        return table.translate(iova, gather);
    }

    @Override
    public synchronized void free() {
        if (tags.length != 0) {
            throw IommuException.of(Reason.BUSY, "domain %d is in use by %d requesters of its first unit", id,
                    tags[0].requesters);
        }
        siblings.remove(this);
        table.free();
    }

    /** True if a unit has to name the domain to its next driver. */
    boolean isKnownTo(UnitCaches unit) {
        return home == unit || Arrays.stream(tags).anyMatch(tag -> tag.caches == unit);
    }

    public boolean isAtHome(UnitCaches unit) {
        return home == unit;
    }

    void home(UnitCaches unit) {
        home = unit;
    }

    /** One more requester of a unit that has an id for this domain. @return that id, or -1 if it has none */
    synchronized int joinAgain(UnitCaches unit) {
        for (UnitTag tag : tags) {
            if (tag.caches == unit) {
                tag.requesters++;
                return tag.domainId;
            }
        }
        return -1;
    }

    /** The first requesters of a unit. */
    synchronized void join(UnitCaches unit, int domainId, int requesters) {
        UnitTag[] more = Arrays.copyOf(tags, tags.length + 1);
        more[tags.length] = new UnitTag(unit, domainId, requesters);
        tags = more;
    }

    /** One requester of a unit less. @return true if that was the last one: the unit's id is free */
    synchronized boolean part(UnitCaches unit) {
        for (UnitTag tag : tags) {
            if (tag.caches == unit && --tag.requesters == 0) {
                tags = without(unit);
                return true;
            }
        }
        return false;
    }

    /** Ends a unit's use: it has another driver, or is off. @return true if no unit uses the domain any more */
    synchronized boolean forgetUnit(UnitCaches unit) {
        tags = without(unit);
        if (home == unit) {
            home = null;
        }
        return tags.length == 0 && home == null;
    }

    private UnitTag[] without(UnitCaches unit) {
        return Arrays.stream(tags).filter(tag -> tag.caches != unit).toArray(UnitTag[]::new);
    }

    private static void forget(UnitTag tag, Gather gather) {
        if (gather.isEmpty()) {
            tag.caches.forgetDomain(tag.domainId); // tables alone: their range is not known
        } else {
            tag.caches.forgetPages(tag.domainId, gather.start(), gather.last(), gather.tableCount() == 0);
        }
    }
}
