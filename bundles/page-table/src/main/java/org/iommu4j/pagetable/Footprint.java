package org.iommu4j.pagetable;

/** Tells where in memory the entries lie that a map or an unmap of a range may have written. */
final class Footprint {
    private final TableTree tree;
    private final Format format;

    Footprint(TableTree tree) {
        this.tree = tree;
        this.format = tree.format;
    }

    /** Links on the way are told too, though another thread may have stored them: it need not be done with them. */
    void visit(long first, long last, FootprintVisitor visitor) {
        visit(tree.rootTable(), tree.top, first, last, visitor);
    }

    private void visit(int table, int level, long first, long last, FootprintVisitor visitor) {
        int slot = tree.slot(table, first, level);
        int end = tree.slot(table, last, level) + TableTree.ENTRY;
        visitor.entries(tree.address(slot), end - slot);
        if (level == 0) {
            return;
        }
        long mask = tree.mask(level);
        for (long at = first; at <= last; at = (at | mask) + 1) {
            long entry = tree.loadAcquire(tree.slot(table, at, level));
            if (tree.isPresent(entry) && !format.isLeaf(entry, level)) {
                visit(tree.child(entry), level - 1, at, Math.min(at | mask, last), visitor);
            }
        }
    }
}
