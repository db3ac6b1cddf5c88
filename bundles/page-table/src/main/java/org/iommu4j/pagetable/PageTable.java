package org.iommu4j.pagetable;

import java.util.function.LongConsumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;

/**
 * A page table in a machine's memory.
 *
 * <p><b>Assumptions.</b> Threads that map and unmap at the same time do so on disjoint ranges; calls on overlapping
 * ranges are ordered by the caller. A table that {@link #unmap} put into the gather is freed only after the
 * invalidation that follows has completed. A {@link Gather} is used by one thread at a time.
 *
 * <p><b>Guarantees.</b> {@link #map}, {@link #unmap} and {@link #translate} take no lock, and allocate no object unless
 * they fail or a gather has to grow. A call that throws leaves every mapping as it was, and wrote no leaf that hardware
 * could have seen meanwhile. When a call returns, its stores come before any that the thread makes afterwards.
 */
public final class PageTable {
    private final TableTree tree;
    private final RangeMap rangeMap;
    private final RangeUnmap rangeUnmap;
    private final Lookup lookup;
    private final Footprint footprint;
    private final long lastIova;
    private final long lastOutput;
    private final long granuleMask;

    private PageTable(TableTree tree) {
        Format format = tree.format;
        this.tree = tree;
        this.rangeMap = new RangeMap(tree);
        this.rangeUnmap = new RangeUnmap(tree);
        this.lookup = new Lookup(tree);
        this.footprint = new Footprint(tree);
        this.lastIova = (1L << format.inputBits()) - 1;
        this.lastOutput = (1L << format.outputBits()) - 1;
        this.granuleMask = (1L << format.granuleLg2()) - 1;
    }

    /**
     * A table that maps nothing: its root is allocated, zeroed.
     *
     * @param memory the machine's, in which the pool of {@code frames} lies
     * @throws IommuException NO_MEMORY, INCOMPATIBLE (the pool is not in that memory)
     */
    public static PageTable create(Format format, PhysicalMemory memory, PageAllocator frames) {
        return adopt(format, memory, frames, frames.allocate(format.rootLg2()));
    }

    /**
     * The table that a predecessor left in memory. Its entries are taken as they are; only the root is checked.
     *
     * @param frames of the owner that the table's frames were allocated by
     * @param root physical address of the top table
     * @throws IommuException BAD_INPUT (the root is no frame of the pool), INCOMPATIBLE (the pool is not in that
     * memory)
     */
    public static PageTable adopt(Format format, PhysicalMemory memory, PageAllocator frames, long root) {
        if (!memory.contains(frames.pool().base(), frames.pool().length())) {
            throw IommuException.of(Reason.INCOMPATIBLE, "the pool of %s at %#x is not in the machine's memory",
                    frames.owner(), frames.pool().base());
        }
        return new PageTable(new TableTree(format, frames, root));
    }

    /**
     * This table with more levels: new roots are put above its own, which the first entry of the lowest of them links.
     * Both objects are of the same tables from then on, and both may be used below {@link #lastIova} of this one; who
     * publishes the new one in place of this needs no lock. The caller lets one growth end before the next begins.
     *
     * @param wider the same format with more levels
     * @throws IommuException NO_MEMORY; nothing has changed
     */
    public PageTable grown(Format wider) {
        return new PageTable(new Growth(tree).to(wider));
    }

    /** Takes the roots away again that {@link #grown} has just made; neither hardware nor a caller has seen them. */
    public void undoGrowth() {
        new Growth(tree.smaller).undo(tree);
    }

    /** Physical address of the top table. */
    public long root() {
        return tree.root;
    }

    public int levels() {
        return tree.format.levels();
    }

    /** The highest IOVA, inclusive. */
    public long lastIova() {
        return lastIova;
    }

    /** Bit n set: pages of 2^n bytes. */
    public long pageSizes() {
        return tree.format.pageSizes();
    }

    /**
     * Maps a range with the largest pages that its alignment, its length and the format allow. Where a table is linked
     * already, pages are of the sizes below it, even if that table is empty: hardware may hold it in a cache, so only
     * an unmap, which is followed by an invalidation, may take it away.
     *
     * <p>A call that fails keeps the tables it had linked, empty; the next map of that range, an unmap that covers
     * them or {@link #free} takes them.
     *
     * @param iova multiple of the smallest page size
     * @param pa likewise
     * @param length in bytes, likewise, not 0
     * @param protection {@link Protection} bits, READ or WRITE among them; the ones the format has no bit for are
     * ignored
     * @param gather the calling thread's; only its cursor is used
     * @throws IommuException INCOMPATIBLE (alignment, protection), OVERFLOW (beyond the width of an IOVA or a physical
     * address), EXISTS (part of the range is mapped), NO_MEMORY, BAD_INPUT (a table is corrupt)
     */
    public void map(long iova, long pa, long length, int protection, Gather gather) {
        checkRange(iova, length);
        if ((pa & granuleMask) != 0 || pa < 0 || length - 1 > lastOutput - pa) {
            throw outputRefused(pa, length);
        }
        if ((protection & (Protection.READ | Protection.WRITE)) == 0 || (protection & ~Protection.ALL) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "protection %#x: READ or WRITE, and no bits beside %#x",
                    protection, Protection.ALL);
        }
        rangeMap.map(iova, iova + length - 1, pa, protection, gather.cursor());
    }

    /**
     * Unmaps from {@code iova} on, up to {@code length} bytes or the first hole. Pages are added to the gather, and so
     * are the tables, of every level, that the range covers and that the unmap left empty; smaller unmaps keep tables.
     *
     * @param iova multiple of the smallest page size
     * @param length in bytes, likewise, not 0
     * @param gather the calling thread's; hardware may use what is in it until it has been invalidated
     * @return bytes unmapped; less than {@code length} if there was a hole
     * @throws IommuException INCOMPATIBLE (alignment, or an end of the range lies inside a page, which the message
     * names, even where a hole comes before it), OVERFLOW, BAD_INPUT (a table is corrupt)
     */
    public long unmap(long iova, long length, Gather gather) {
        checkRange(iova, length);
        return rangeUnmap.unmap(iova, iova + length - 1, gather);
    }

    /**
     * Where the entry of the last level for an IOVA lies; missing tables are linked. For a caller that changes single
     * entries by compare-and-set, because hardware marks them meanwhile. The caller owns the IOVA.
     *
     * @param iova multiple of the smallest page size
     * @param gather the calling thread's; only its cursor is used
     * @return physical address
     * @throws IommuException OVERFLOW, INCOMPATIBLE (alignment), EXISTS (a larger page maps it), NO_MEMORY, BAD_INPUT
     */
    public long reachEntry(long iova, Gather gather) {
        checkRange(iova, granuleMask + 1);
        return tree.address(rangeMap.leafSlot(iova, gather.cursor()));
    }

    /**
     * As {@link #reachEntry}, without linking anything. Any IOVA; the caller sees to it that no table is freed
     * meanwhile.
     *
     * @return physical address, or -1 if no table of the last level is there
     */
    public long findEntry(long iova) {
        int table = (iova & ~lastIova) != 0 ? TableTree.ABSENT : tree.find(iova, 0);
        return table < 0 ? -1 : tree.address(tree.leafSlot(table, iova));
    }

    /**
     * Unlinks the tables that a range covers and that map nothing, for a caller that cleared their entries itself. What
     * they reached is added to the gather, and so are they.
     *
     * @param iova multiple of the smallest page size
     * @param length in bytes, likewise, not 0
     * @throws IommuException INCOMPATIBLE (alignment), OVERFLOW, BAD_INPUT (a table is corrupt)
     */
    public void prune(long iova, long length, Gather gather) {
        checkRange(iova, length);
        new Prune(tree, gather).run(iova, iova + length - 1);
    }

    /** What the table says of an IOVA at this moment: the physical address, or -1. Any IOVA; races with anything. */
    public long translate(long iova) {
        return (iova & ~lastIova) != 0 ? Lookup.NOT_MAPPED : lookup.translate(iova, null);
    }

    /**
     * As {@link #translate(long)}, faster where the thread maps, unmaps or translates the neighbours.
     *
     * @param gather the calling thread's; only its cursor is used
     */
    public long translate(long iova, Gather gather) {
        return (iova & ~lastIova) != 0 ? Lookup.NOT_MAPPED : lookup.translate(iova, gather.cursor());
    }

    /**
     * All that is mapped, in the order of IOVAs. What other threads map or unmap meanwhile may be seen or not; the
     * caller sees to it that no table is freed meanwhile.
     *
     * @throws IommuException BAD_INPUT (a table is corrupt)
     */
    public void enumerate(RunVisitor visitor) {
        new Enumeration(tree, visitor).run();
    }

    /**
     * Where the entries lie that {@link #map}, {@link #unmap} and {@link #readAndClearDirty} of a range may have
     * written, for hardware that does not snoop processor caches: who drives it flushes these after the call. A new
     * table is not among them before it is linked; its zeroes are flushed by an allocator that does so. The caller owns
     * the range. Allocates nothing.
     *
     * @param iova multiple of the smallest page size
     * @param length in bytes, likewise, not 0
     * @throws IommuException INCOMPATIBLE (alignment), OVERFLOW, BAD_INPUT (a table is corrupt)
     */
    public void footprint(long iova, long length, FootprintVisitor visitor) {
        checkRange(iova, length);
        footprint.visit(iova, iova + length - 1, visitor);
    }

    /**
     * The pages in a range that hardware has marked as written since their marks were last cleared. Holes are skipped.
     * As {@link #map} for threads: the caller owns the range.
     *
     * @param iova multiple of the smallest page size
     * @param length in bytes, likewise, not 0
     * @throws IommuException NOT_SUPPORTED (the format has no such marks), INCOMPATIBLE (alignment), OVERFLOW,
     * BAD_INPUT (a table is corrupt)
     */
    public void readDirty(long iova, long length, DirtyVisitor visitor) {
        scanDirty(iova, length, visitor, false);
    }

    /**
     * As {@link #readDirty}, and clears the marks of what it reports, each by a compare-and-set against hardware that
     * sets it. Hardware that has the page in a cache may go on without setting the mark again: what it writes from now
     * on is sure to be marked only once the runs that the visitor got have been invalidated. A mark speaks for the
     * whole of its page, so a range that begins or ends inside a page reports and clears all of that page.
     */
    public void readAndClearDirty(long iova, long length, DirtyVisitor visitor) {
        scanDirty(iova, length, visitor, true);
    }

    private void scanDirty(long iova, long length, DirtyVisitor visitor, boolean clear) {
        if (!tree.format.marksWrites()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "page table %#x: its format has no marks of writes",
                    tree.root);
        }
        checkRange(iova, length);
        new DirtyScan(tree, visitor, clear).run(iova, iova + length - 1);
    }

    /** The entries on the way to an IOVA, top first, down to a leaf, an empty entry or a link out of the pool. */
    public void walk(long iova, EntryVisitor visitor) {
        if ((iova & ~lastIova) == 0) {
            lookup.walk(iova, visitor);
        }
    }

    /**
     * Frees all tables, the root included; leaves are dropped. The object is of no use afterwards.
     *
     * @throws IommuException BAD_INPUT (a table is corrupt), NOT_OWNER (a frame is somebody else's); part of the
     * tables has been freed then
     */
    public void free() {
        new Release(tree).run();
    }

    /**
     * The physical address of every table, the lowest ones first; nobody maps or unmaps meanwhile.
     *
     * @throws IommuException BAD_INPUT if an entry leads to what is no table of the pool
     */
    public void tables(LongConsumer visitor) {
        new Census(tree, visitor).run();
    }

    private void checkRange(long iova, long length) {
        if (((iova | length) & granuleMask) != 0 || length <= 0 || iova < 0 || length - 1 > lastIova - iova) {
            throw rangeRefused(iova, length);
        }
    }

    private IommuException rangeRefused(long iova, long length) {
        if (((iova | length) & granuleMask) != 0 || length == 0) {
            return IommuException.of(Reason.INCOMPATIBLE, "IOVA range %#x + %#x is not made of pages of %#x bytes",
                    iova, length, granuleMask + 1);
        }
        return IommuException.of(Reason.OVERFLOW, "IOVA range %#x + %#x: the last IOVA of %d levels is %#x", iova,
                length, levels(), lastIova);
    }

    private IommuException outputRefused(long pa, long length) {
        if ((pa & granuleMask) != 0) {
            return IommuException.of(Reason.INCOMPATIBLE, "physical address %#x is no multiple of %#x", pa,
                    granuleMask + 1);
        }
        return IommuException.of(Reason.OVERFLOW, "physical range %#x + %#x: the last address of the format is %#x", pa,
                length, lastOutput);
    }
}
