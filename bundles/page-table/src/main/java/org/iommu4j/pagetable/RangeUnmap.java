package org.iommu4j.pagetable;

import java.lang.invoke.VarHandle;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;

/**
 * Unmaps a range, whole pages only: both of its ends are looked at before anything is removed. A single page of any
 * size takes a short way.
 */
final class RangeUnmap {
    private final TableTree tree;
    private final Format format;

    RangeUnmap(TableTree tree) {
        this.tree = tree;
        this.format = tree.format;
    }

    /** @return bytes unmapped, up to the first hole */
    long unmap(long iova, long last, Gather gather) {
        int level = tree.startLevel(iova, last);
        int table = level == 0 ? leafTable(iova, gather.cursor()) : tree.find(iova, level);
        if (table < 0) {
            refuseSplit(tree.rootTable(), tree.top, iova, last);
            return 0;
        }
        long end = level == 0 ? removeInOneTable(table, iova, last, gather)
                : removeAcrossTables(table, level, iova, last, gather);
        VarHandle.releaseFence();
        return end - iova;
    }

    private int leafTable(long iova, long[] cursor) {
        long generation = tree.generation();
        long region = iova >>> tree.shift(1);
        int table = LeafCache.get(cursor, generation, region);
        if (table == TableTree.ABSENT) {
            table = tree.find(iova, 0);
            if (table >= 0) {
                LeafCache.put(cursor, generation, region, table);
            }
        }
        return table;
    }

    private long removeInOneTable(int table, long iova, long last, Gather gather) {
        int slot = tree.leafSlot(table, iova);
        int lastSlot = tree.leafSlot(table, last);
        if (format.hasContiguousPages()) {
            refuseSplit(table, 0, iova, last);
        }
        if (slot != lastSlot) {
            return removeRun(slot, lastSlot + TableTree.ENTRY, iova, gather);
        }
        return tree.isPresent(tree.load(slot)) ? removePage(slot, iova, last, 0, gather) : iova;
    }

    private long removeAcrossTables(int table, int level, long iova, long last, Gather gather) {
        int slot = tree.slot(table, iova, level);
        long entry = tree.loadAcquire(slot);
        long mask = tree.mask(level);
        if (last - iova == mask && (iova & mask) == 0 && tree.isPresent(entry) && format.isLeaf(entry, level)
                && format.pageLg2(entry, level) == tree.shift(level)) {
            return removePage(slot, iova, last, level, gather);
        }
        refuseSplit(table, level, iova, last);
        return remove(table, level, iova, last, gather);
    }

    private long removePage(int slot, long iova, long last, int level, Gather gather) {
        tree.store(slot, 0);
        gather.add(iova, last, tree.shift(level));
        return last + 1;
    }

    // The methods below remove up to the first hole and return the first IOVA that they did not remove.

    private long remove(int table, int level, long iova, long last, Gather gather) {
        if (level == 0) {
            int end = tree.leafSlot(table, last) + TableTree.ENTRY;
            return removeRun(tree.leafSlot(table, iova), end, iova, gather);
        }
        long mask = tree.mask(level);
        long at = iova;
        while (at <= last) {
            int slot = tree.slot(table, at, level);
            long entry = tree.loadAcquire(slot);
            if (!tree.isPresent(entry)) {
                return at;
            }
            long end = Math.min(at | mask, last);
            if (format.isLeaf(entry, level)) {
                removePage(slot, at, end, level, gather);
            } else {
                long removed = remove(tree.child(entry), level - 1, at, end, gather);
                if (removed <= end) {
                    return removed;
                }
                if (end - at == mask) {
                    unlink(slot, entry, gather);
                }
            }
            at = end + 1;
        }
        return at;
    }

    // Two loops, measured against one: stores without a branch between them become vector stores.
    private long removeRun(int slot, int end, long iova, Gather gather) {
        int stop = firstHole(slot, end);
        for (int at = slot; at < stop; at += TableTree.ENTRY) {
            tree.store(at, 0);
        }
        long removed = tree.reach(stop - slot);
        if (removed != 0) {
            gather.add(iova, iova + removed - 1, format.granuleLg2());
        }
        return iova + removed;
    }

    // Four at a time, one branch for them all, as when mapping.
    private int firstHole(int slot, int end) {
        int at = slot;
        for (int stop = end - 3 * TableTree.ENTRY; at < stop; at += 4 * TableTree.ENTRY) {
            if ((tree.signOfHole(tree.load(at)) | tree.signOfHole(tree.load(at + TableTree.ENTRY))
                    | tree.signOfHole(tree.load(at + 2 * TableTree.ENTRY))
                    | tree.signOfHole(tree.load(at + 3 * TableTree.ENTRY))) < 0) {
                break;
            }
        }
        while (at < end && tree.isPresent(tree.load(at))) {
            at += TableTree.ENTRY;
        }
        return at;
    }

    /** Takes out a table that is empty and whose whole reach the caller owns; look-ups may still be inside. */
    private void unlink(int slot, long entry, Gather gather) {
        tree.store(slot, 0);
        tree.nextGeneration();
        gather.addTable(format.linked(entry));
    }

    /** @param table of level {@code start}, on the way to both ends */
    private void refuseSplit(int table, int start, long iova, long last) {
        long mask = pageMask(table, start, iova);
        if ((iova & mask) != 0) {
            throw split(iova, last, iova, mask);
        }
        mask = pageMask(table, start, last);
        if ((last & mask) != mask) {
            throw split(iova, last, last, mask);
        }
    }

    /** Size, less one, of the page that maps an IOVA; that of the smallest page if none does. */
    private long pageMask(int start, int startLevel, long iova) {
        int table = start;
        for (int level = startLevel; level > 0; level--) {
            long entry = tree.loadAcquire(tree.slot(table, iova, level));
            if (!tree.isPresent(entry)) {
                return tree.mask(0);
            }
            if (format.isLeaf(entry, level)) {
                return (1L << format.pageLg2(entry, level)) - 1;
            }
            table = tree.child(entry);
        }
        return format.hasContiguousPages() ? leafMask(tree.load(tree.leafSlot(table, iova))) : tree.mask(0);
    }

    private long leafMask(long entry) {
        return tree.isPresent(entry) ? (1L << format.pageLg2(entry, 0)) - 1 : tree.mask(0);
    }

    private IommuException split(long iova, long last, long inside, long mask) {
        return IommuException.of(Reason.INCOMPATIBLE, "unmapping IOVAs %#x to %#x would split the page %#x to %#x",
                iova, last, inside & ~mask, inside | mask);
    }
}
