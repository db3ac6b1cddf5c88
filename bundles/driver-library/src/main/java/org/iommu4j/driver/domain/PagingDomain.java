package org.iommu4j.driver.domain;

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

/**
 * A page table, and the units whose requesters use it. The units' tags are an array that is replaced, never changed, so
 * that {@link #sync} reads it without a lock. So is the table where its form grows: who maps above what it reaches puts
 * a new root above it, one growth after the other, while all else goes on below.
 */
public final class PagingDomain<F extends TableForm> implements DriverDomain {
    private final long id;
    /** Replaced, after each other, when the table grows. */
    private volatile F form;
    private volatile PageTable table;
    private final PageAllocator frames;
    private final MachineDomains<F> siblings;
    private final long lastIova;
    /** Log2 of the size of a table in bytes. */
    private final int tableLg2;
    /** Makes what was stored in the table reach hardware that does not snoop; null where all hardware does. */
    private final FootprintVisitor flush;
    private volatile UnitTag<F>[] tags = none();
    /** The unit whose record names the domain even while it has no requesters; null once that unit has left. */
    private volatile DomainCaches<F> home;
    /** True if entries of this domain tell hardware to mark what is written. */
    private volatile boolean tracking;

    PagingDomain(long id, F form, PageTable table, Unit unit, MachineDomains<F> siblings) {
        this.id = id;
        this.form = form;
        this.table = table;
        this.frames = unit.frames();
        this.siblings = siblings;
        long widest = (1L << form.addressBits()) - 1;
        this.lastIova = Math.min(widest, (1L << form.reaching(widest).format().inputBits()) - 1);
        this.tableLg2 = form.format().granuleLg2();
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

    @Override
    public boolean hasWriteOnlyPages() {
        return form.hasWriteOnlyPages();
    }

    public F form() {
        return form;
    }

    /** Physical address of the top table. */
    public long root() {
        return table.root();
    }

    /** Levels of the table. */
    public int levels() {
        return table.levels();
    }

    @Override
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        PageTable current = table;
        if (iova + length - 1 > current.lastIova()) {
            current = grown(iova + length - 1);
        }
        current.map(iova, pa, length, protection, gather);
        flush(iova, length);
        for (UnitTag<F> tag : tags) {
            tag.caches.mapped(tag.tag, form, iova, iova + length - 1);
        }
    }

    @Override
    public long unmap(long iova, long length, Gather gather) {
        PageTable current = table;
        long reached = reached(current, iova, length);
        if (reached <= 0) {
            return 0;
        }
        long unmapped = current.unmap(iova, reached, gather);
        flush(iova, reached);
        return unmapped;
    }

    @Override
    public void readAndClearDirty(long iova, long length, DirtyVisitor visitor, Gather gather) {
        checkMarksWrites();
        PageTable current = table;
        long reached = reached(current, iova, length);
        if (reached > 0) {
            current.readAndClearDirty(iova, reached, (start, bytes, sizeLg2) -> {
                gather.add(start, start + bytes - 1, sizeLg2);
                visitor.dirty(start, bytes, sizeLg2);
            });
            flush(iova, reached);
        }
    }

    /** Bytes of a range that a table reaches, which is all of it unless the table still has to grow. */
    private long reached(PageTable current, long iova, long length) {
        return current.lastIova() >= lastIova ? length : Math.min(length, current.lastIova() + 1 - iova);
    }

    /**
     * The table after it has grown until it reaches an IOVA; itself if it does not grow. When this returns, all units
     * walk the new root. If one cannot be told, they are told to walk the old one again.
     */
    @SuppressWarnings("unchecked") // a form grows into one of its own class
    private PageTable grown(long last) {
        synchronized (siblings) {
            PageTable old = table;
            F wider = (F) form.reaching(last);
            if (wider.equals(form)) {
                return old;
            }
            PageTable grown = old.grown(wider.format());
            tellUnits(old, grown);
            form = wider;
            table = grown;
            return grown;
        }
    }

    private void tellUnits(PageTable old, PageTable grown) {
        UnitTag<F>[] told = tags;
        try {
            for (UnitTag<F> tag : told) {
                tag.caches.rootChanged(tag.tag, old, grown);
            }
        } catch (RuntimeException e) {
            try {
                for (UnitTag<F> tag : told) {
                    tag.caches.rootChanged(tag.tag, grown, old);
                }
                grown.undoGrowth();
            } catch (RuntimeException stuck) {
                e.addSuppressed(stuck); // a unit may go on reading the new roots: they stay
            }
            throw e;
        }
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
        for (UnitTag<F> tag : tags) {
            tag.caches.forget(tag.tag, form, gather);
        }
        for (int i = 0; i < gather.tableCount(); i++) {
            frames.free(gather.table(i), tableLg2);
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
    public boolean isKnownTo(DomainCaches<F> unit) {
        return home == unit || Arrays.stream(tags).anyMatch(tag -> tag.caches == unit);
    }

    public boolean isAtHome(DomainCaches<F> unit) {
        return home == unit;
    }

    public void home(DomainCaches<F> unit) {
        home = unit;
    }

    /** One more requester of a unit that has a tag for this domain. @return that tag, or -1 if it has none */
    public synchronized int joinAgain(DomainCaches<F> unit) {
        for (UnitTag<F> tag : tags) {
            if (tag.caches == unit) {
                tag.requesters++;
                return tag.tag;
            }
        }
        return -1;
    }

    /** The first requesters of a unit. */
    public synchronized void join(DomainCaches<F> unit, int tag, int requesters) {
        UnitTag<F>[] more = Arrays.copyOf(tags, tags.length + 1);
        more[tags.length] = new UnitTag<>(unit, tag, requesters);
        tags = more;
    }

    /** One requester of a unit less. @return true if that was the last one: the unit's tag is free */
    public synchronized boolean part(DomainCaches<F> unit) {
        for (UnitTag<F> tag : tags) {
            if (tag.caches == unit && --tag.requesters == 0) {
                tags = without(unit);
                return true;
            }
        }
        return false;
    }

    /** Ends a unit's use: it has another driver, or is off. @return true if no unit uses the domain any more */
    public synchronized boolean forgetUnit(DomainCaches<F> unit) {
        tags = without(unit);
        if (home == unit) {
            home = null;
        }
        return tags.length == 0 && home == null;
    }

    private UnitTag<F>[] without(DomainCaches<F> unit) {
        UnitTag<F>[] rest = none();
        for (UnitTag<F> tag : tags) {
            if (tag.caches != unit) {
                rest = Arrays.copyOf(rest, rest.length + 1);
                rest[rest.length - 1] = tag;
            }
        }
        return rest;
    }

    @SuppressWarnings("unchecked") // an empty array holds nothing of another type
    private static <F extends TableForm> UnitTag<F>[] none() {
        return (UnitTag<F>[]) new UnitTag<?>[0];
    }
}
