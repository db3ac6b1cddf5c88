package org.iommu4j.pagetable;

/** Frees every table of a tree, the lowest first; nobody walks it any more. */
final class Release {
    private final TableTree tree;
    private final Format format;

    Release(TableTree tree) {
        this.tree = tree;
        this.format = tree.format;
    }

    void run() {
        tree.nextGeneration();
        free(tree.rootTable(), tree.top);
    }

    private void free(int table, int level) {
        if (level > 0) {
            for (int slot = table; slot < tree.end(table, level); slot += TableTree.ENTRY) {
                long entry = tree.load(slot);
                if (tree.isPresent(entry) && !format.isLeaf(entry, level)) {
                    free(tree.child(entry), level - 1);
                }
            }
        }
        tree.frames.free(tree.address(table), level == tree.top ? format.rootLg2() : format.granuleLg2());
    }
}
