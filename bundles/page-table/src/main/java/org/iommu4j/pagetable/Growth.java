package org.iommu4j.pagetable;

import java.lang.invoke.VarHandle;

/** Puts roots above the one of a tree, so that it has more levels, and takes them away again. */
final class Growth {
    private final TableTree tree;

    Growth(TableTree tree) {
        this.tree = tree;
    }

    /** A tree that maps the same and has room above. @throws org.iommu4j.api.IommuException NO_MEMORY */
    TableTree to(Format wider) {
        long root = tree.root;
        try {
            for (int level = tree.top + 1; level < wider.levels(); level++) {
                long above = tree.frames.allocate(wider.granuleLg2());
                tree.store(tree.table(above), wider.link(root, level));
                root = above;
            }
        } catch (RuntimeException e) {
            freeAbove(root);
            throw e;
        }
        VarHandle.releaseFence();
        return tree.grown(wider, root);
    }

    /** Frees the roots above the tree's, which nobody uses. */
    void undo(TableTree grown) {
        tree.notGrown();
        freeAbove(grown.root);
    }

    private void freeAbove(long root) {
        long above = root;
        while (above != tree.root) {
            long below = tree.format.linked(tree.load(tree.table(above)));
            tree.frames.free(above, tree.format.granuleLg2());
            above = below;
        }
    }
}
