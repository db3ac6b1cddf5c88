package org.iommu4j.pagetable;

import org.iommu4j.api.driver.Gather;

/** Unlinks tables that map nothing. Used once. */
final class Prune {
    private final TableTree tree;
    private final Format format;
    private final Gather gather;

    Prune(TableTree tree, Gather gather) {
        this.tree = tree;
        this.format = tree.format;
        this.gather = gather;
    }

    void run(long first, long last) {
        prune(tree.rootTable(), tree.top, first, last);
    }

    private void prune(int table, int level, long first, long last) {
        long mask = tree.mask(level);
        for (long at = first; at <= last; at = (at | mask) + 1) {
            int slot = tree.slot(table, at, level);
            long entry = tree.loadAcquire(slot);
            if (tree.isPresent(entry) && !format.isLeaf(entry, level)) {
                long end = Math.min(at | mask, last);
                int child = tree.child(entry);
                if (level > 1) {
                    prune(child, level - 1, at, end);
                }
                if (end - at == mask && isEmpty(child, level - 1)) {
                    unlink(slot, entry, at, end);
                }
            }
        }
    }

    private boolean isEmpty(int table, int level) {
        for (int slot = table; slot < tree.end(table, level); slot += TableTree.ENTRY) {
            if (tree.isPresent(tree.loadAcquire(slot))) {
                return false;
            }
        }
        return true;
    }

    /** Look-ups may still be inside. */
    private void unlink(int slot, long entry, long first, long last) {
        tree.store(slot, 0);
        tree.nextGeneration();
        gather.add(first, last, format.granuleLg2());
        gather.addTable(format.linked(entry));
    }
}
