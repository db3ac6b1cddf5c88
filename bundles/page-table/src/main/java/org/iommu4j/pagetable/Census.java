package org.iommu4j.pagetable;

import java.util.function.LongConsumer;

/** Visits every table of a tree, the lowest first. */
final class Census {
    private final TableTree tree;
    private final Format format;
    private final LongConsumer visitor;

    Census(TableTree tree, LongConsumer visitor) {
        this.tree = tree;
        this.format = tree.format;
        this.visitor = visitor;
    }

    void run() {
        visit(tree.rootTable(), tree.top);
    }

    private void visit(int table, int level) {
        if (level > 0) {
            for (int slot = table; slot < tree.end(table, level); slot += TableTree.ENTRY) {
                long entry = tree.load(slot);
                if (tree.isPresent(entry) && !format.isLeaf(entry, level)) {
                    visit(tree.child(entry), level - 1);
                }
            }
        }
        visitor.accept(tree.address(table));
    }
}
