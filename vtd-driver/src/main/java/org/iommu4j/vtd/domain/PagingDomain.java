package org.iommu4j.vtd.domain;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.iommu4j.api.DirtyVisitor;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.pagetable.FootprintVisitor;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.vtd.entries.Translation;
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
    /** Makes what was stored in the table reach hardware that does not snoop; null where all hardware does. */
    private final FootprintVisitor flush;
    private volatile UnitTag[] tags = NONE;
    /** The unit whose record names the domain even while it has no requesters; null once that unit has left. */
    private volatile UnitCaches home;
    /** True if entries of this domain tell hardware to mark what is written. */
    private volatile boolean tracking;

    PagingDomain(long id, DomainForm form, PageTable table, Unit unit, MachineDomains siblings) {
        this.id = id;
        this.form = form;
        this.table = table;
        this.frames = unit.frames();
        this.siblings = siblings;
        this.lastIova = Math.min(table.lastIova(), (1L << form.addressBits()) - 1);
        this.flush = form.flushed() ? unit.machine()::flush : null;
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

    /** First-stage entries have no bit that refuses reads of a present page: VT-d 9.8. */
    @Override
    public boolean hasWriteOnlyPages() {
        return !form.firstStage();
    }

    public DomainForm form() {
        return form;
    }

    /** Physical address of the top table. */
    public long root() {
        return table.root();
    }

    /** What the entry of a requester in this domain has to say. */
    public Translation entry(int domainId) {
        return UnitForms.entry(form, root(), domainId, tracking);
    }

    @Override
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        table.map(iova, pa, length, protection, gather);
        flush(iova, length);
        for (UnitTag tag : tags) {
            tag.caches.mapped(tag.domainId, form.firstStage(), iova, iova + length - 1);
        }
    }

    @Override
    public long unmap(long iova, long length, Gather gather) {
        long unmapped = table.unmap(iova, length, gather);
        flush(iova, length);
        return unmapped;
    }

    @Override
    public void readAndClearDirty(long iova, long length, DirtyVisitor visitor, Gather gather) {
        checkMarksWrites();
        table.readAndClearDirty(iova, length, (start, bytes, sizeLg2) -> {
            gather.add(start, start + bytes - 1, sizeLg2);
            visitor.dirty(start, bytes, sizeLg2);
        });
        flush(iova, length);
    }

    /** True if hardware shall mark what is written. */
    public boolean tracking() {
        return tracking;
    }

    /** For requesters that come from now on. @throws IommuException NOT_SUPPORTED */
    public void tracking(boolean on) {
        checkMarksWrites();
        tracking = on;
    }

    /** @throws IommuException NOT_SUPPORTED if hardware cannot mark what is written in this domain's table */
    private void checkMarksWrites() {
        if (!form.marksWrites()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "domain %d was not allocated for dirty tracking", id);
        }
    }

    /** Before a unit is told of a change: it may look at once. */
    private void flush(long iova, long length) {
        if (flush != null) {
            table.footprint(iova, length, flush);
        }
    }

    @Override
    public void sync(Gather gather) {
        if (gather.isEmpty() && gather.tableCount() == 0) {
            return;
        }
        // A unit that joins later than this line reads the tables after the stores before it.
        VarHandle.fullFence();
        for (UnitTag tag : tags) {
            forget(tag, form.firstStage(), gather);
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
    public void enumerate(MappingVisitor visitor) {
        table.enumerate((iova, pa, length, protection, pageSizeLg2) -> visitor.mapping(iova, pa, length));
    }

    /** The frame of every table. @throws IommuException BAD_INPUT if a table is corrupt */
    public void tables(LongConsumer visitor) {
        table.tables(visitor);
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

    private static void forget(UnitTag tag, boolean firstStage, Gather gather) {
        if (gather.isEmpty()) {
            tag.caches.forgetDomain(tag.domainId, firstStage); // tables alone: their range is not known
        } else {
            tag.caches.forgetPages(tag.domainId, firstStage, gather.start(), gather.last(),
                    gather.tableCount() == 0);
        }
    }
}
