package org.iommu4j.pagetable;

import java.lang.invoke.VarHandle;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Maps a range. A single page of any size takes a short way. Any other range is walked twice from the lowest table that
 * holds it: first all tables are linked and all slots are seen to be empty, which may fail, then leaves are stored,
 * which may not. So a failure has nothing to undo that hardware could have cached.
 */
final class RangeMap {
    private final TableTree tree;
    private final Format format;
    private final ContiguousPages contiguous;

    RangeMap(TableTree tree) {
        this.tree = tree;
        this.format = tree.format;
        this.contiguous = new ContiguousPages(tree);
    }

    /** @param cursor of the calling thread's gather */
    void map(long iova, long last, long pa, int protection, long[] cursor) {
        int level = tree.startLevel(iova, last);
        if (level == 0) {
            mapInOneTable(leafTable(iova, cursor), iova, last, pa, protection);
        } else {
            mapAcrossTables(reach(iova, level), level, iova, last, pa - iova, protection);
        }
        VarHandle.releaseFence();
    }

    /** The slot of an IOVA in the last level; links what is missing. */
    int leafSlot(long iova, long[] cursor) {
        return tree.leafSlot(leafTable(iova, cursor), iova);
    }

    private int leafTable(long iova, long[] cursor) {
        long generation = tree.generation();
        long region = iova >>> tree.shift(1);
        int table = LeafCache.get(cursor, generation, region);
        if (table == TableTree.ABSENT) {
            table = reach(iova, 0);
            LeafCache.put(cursor, generation, region, table);
        }
        return table;
    }

    private void mapInOneTable(int table, long iova, long last, long pa, int protection) {
        int slot = tree.leafSlot(table, iova);
        int lastSlot = tree.leafSlot(table, last);
        if (slot == lastSlot) {
            if (tree.isPresent(tree.load(slot))) {
                throw exists(iova);
            }
            tree.store(slot, format.leaf(pa, format.attributes(0, protection)));
        } else {
            refuseMapped(slot, lastSlot + TableTree.ENTRY, iova);
            fillRun(slot, lastSlot + TableTree.ENTRY, iova, pa, protection);
        }
    }

    private void mapAcrossTables(int table, int level, long iova, long last, long offset, int protection) {
        int slot = tree.slot(table, iova, level);
        if (isOnePage(level, iova, last, offset) && !tree.isPresent(tree.loadAcquire(slot))) {
            tree.store(slot, format.leaf(iova + offset, format.attributes(level, protection)));
        } else {
            prepare(table, level, iova, last, offset);
            fill(table, level, iova, last, offset, protection);
        }
    }

    /** The table of a level on the way to an IOVA; links what is missing. */
    private int reach(long iova, int level) {
        int table = tree.rootTable();
        for (int at = tree.top; at > level; at--) {
            int slot = tree.slot(table, iova, at);
            long entry = tree.loadAcquire(slot);
            table = tree.isPresent(entry) ? below(entry, at, iova) : link(slot, entry, at, iova);
        }
        return table;
    }

    private int below(long entry, int level, long iova) {
        if (format.isLeaf(entry, level)) {
            throw exists(iova);
        }
        return tree.child(entry);
    }

    /** Links a new table, or finds the one that another thread linked meanwhile. */
    private int link(int slot, long empty, int level, long iova) {
        long fresh = tree.frames.allocate(format.granuleLg2());
        long found = tree.exchange(slot, empty, format.link(fresh, level));
        if (found == empty) {
            return tree.table(fresh);
        }
        tree.frames.free(fresh, format.granuleLg2());
        return below(found, level, iova);
    }

    /** Links the tables below for a range, and sees that nothing is mapped in it. */
    private void prepare(int table, int level, long iova, long last, long offset) {
        if (level == 0) {
            refuseMapped(tree.leafSlot(table, iova), tree.leafSlot(table, last) + TableTree.ENTRY, iova);
            return;
        }
        long mask = tree.mask(level);
        for (long at = iova; at <= last; at = (at | mask) + 1) {
            long end = Math.min(at | mask, last);
            int slot = tree.slot(table, at, level);
            long entry = tree.loadAcquire(slot);
            if (tree.isPresent(entry)) {
                prepare(below(entry, level, at), level - 1, at, end, offset);
            } else if (!isOnePage(level, at, end, offset)) {
                prepare(link(slot, entry, level, at), level - 1, at, end, offset);
            }
        }
    }

    /** Stores the leaves of a range for which all is prepared. */
    private void fill(int table, int level, long iova, long last, long offset, int protection) {
        if (level == 0) {
            int end = tree.leafSlot(table, last) + TableTree.ENTRY;
            fillRun(tree.leafSlot(table, iova), end, iova, iova + offset, protection);
            return;
        }
        long mask = tree.mask(level);
        long attributes = format.attributes(level, protection);
        long next;
        for (long at = iova; at <= last; at = next) {
            int slot = tree.slot(table, at, level);
            long entry = tree.loadAcquire(slot);
            next = (at | mask) + 1;
            if (tree.isPresent(entry)) {
                fill(tree.child(entry), level - 1, at, Math.min(at | mask, last), offset, protection);
            } else if (format.hasContiguousPages()) {
                int end = slot + tree.emptySlots(slot, (int) (last + 1 - at >>> tree.shift(level)));
                next = at + contiguous.fill(slot, end, level, at, at + offset, attributes);
            } else {
                tree.store(slot, format.leaf(at + offset, attributes));
            }
        }
    }

    /** Whether a range is one entry's reach, not merely as long, and its target suits a page of that size. */
    private boolean isOnePage(int level, long iova, long last, long offset) {
        long mask = tree.mask(level);
        return last - iova == mask && ((iova | iova + offset) & mask) == 0 && tree.hasPages(level);
    }

    private void fillRun(int slot, int end, long iova, long pa, int protection) {
        long attributes = format.attributes(0, protection);
        if (format.hasContiguousPages()) {
            contiguous.fill(slot, end, 0, iova, pa, attributes);
            return;
        }
        long step = tree.mask(0) + 1;
        long address = pa;
        for (int at = slot; at < end; at += TableTree.ENTRY) {
            tree.store(at, format.leaf(address, attributes));
            address += step;
        }
    }

    // Four at a time, one branch for them all, measured against one at a time and against a loop without an exit: that
    // one becomes vector loads, which stall on the stores of an unmap just before.
    private void refuseMapped(int slot, int end, long iova) {
        int at = slot;
        for (int stop = end - 3 * TableTree.ENTRY; at < stop; at += 4 * TableTree.ENTRY) {
            if (tree.isPresent(tree.load(at) | tree.load(at + TableTree.ENTRY) | tree.load(at + 2 * TableTree.ENTRY)
                    | tree.load(at + 3 * TableTree.ENTRY))) {
                break;
            }
        }
        for (; at < end; at += TableTree.ENTRY) {
            if (tree.isPresent(tree.load(at))) {
                throw exists(iova + tree.reach(at - slot));
            }
        }
    }

    private IommuException exists(long iova) {
        return IommuException.of(Reason.EXISTS, "IOVA %#x is mapped already in the table at %#x", iova, tree.root);
    }
}
