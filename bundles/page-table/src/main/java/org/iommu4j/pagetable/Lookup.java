package org.iommu4j.pagetable;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * Looks one IOVA up while others map and unmap. A table that is unlinked may be freed and used for something else while
 * a look-up is still inside, so an answer counts only if the tree's generation is the one it began with.
 */
final class Lookup {
    static final long NOT_MAPPED = -1;

    private static final long CORRUPT = -2;

    private final TableTree tree;
    private final Format format;

    Lookup(TableTree tree) {
        this.tree = tree;
        this.format = tree.format;
    }

    /**
     * The physical address or {@link #NOT_MAPPED}; tries again whenever a table was unlinked meanwhile.
     *
     * @param cursor the calling thread's, or null
     */
    long translate(long iova, long[] cursor) {
        while (true) {
            long generation = tree.generation();
            long pa = find(iova, generation, cursor);
            if (generation == tree.generation()) {
                if (pa == CORRUPT) {
                    throw IommuException.of(Reason.BAD_INPUT,
                            "page table %#x: on the way to IOVA %#x a table lies outside the pool", tree.root, iova);
                }
                return pa;
            }
        }
    }

    private long find(long iova, long generation, long[] cursor) {
        if (cursor == null) {
            return descend(iova, generation, null);
        }
        int table = LeafCache.get(cursor, generation, iova >>> tree.shift(1));
        if (table == TableTree.ABSENT) {
            return descend(iova, generation, cursor);
        }
        long entry = tree.loadAcquire(tree.leafSlot(table, iova));
        return tree.isPresent(entry) ? address(entry, iova, 0) : NOT_MAPPED;
    }

    private long descend(long iova, long generation, long[] cursor) {
        int table = tree.rootTable();
        int level = tree.top;
        while (true) {
            long entry = tree.loadAcquire(tree.slot(table, iova, level));
            if (!tree.isPresent(entry)) {
                return NOT_MAPPED;
            }
            if (format.isLeaf(entry, level)) {
                if (level == 0 && cursor != null) {
                    LeafCache.put(cursor, generation, iova >>> tree.shift(1), table);
                }
                return address(entry, iova, level);
            }
            table = tree.tableOrAbsent(format.linked(entry));
            if (table == TableTree.ABSENT) {
                return CORRUPT;
            }
            level--;
        }
    }

    private long address(long leaf, long iova, int level) {
        return format.leafAddress(leaf, level) | iova & (1L << format.pageLg2(leaf, level)) - 1;
    }

    void walk(long iova, EntryVisitor visitor) {
        int table = tree.rootTable();
        for (int level = tree.top; level >= 0 && table != TableTree.ABSENT; level--) {
            int slot = tree.slot(table, iova, level);
            long entry = tree.loadAcquire(slot);
            visitor.entry(level, tree.address(slot), entry);
            if (!tree.isPresent(entry) || format.isLeaf(entry, level)) {
                return;
            }
            table = tree.tableOrAbsent(format.linked(entry));
        }
    }
}
