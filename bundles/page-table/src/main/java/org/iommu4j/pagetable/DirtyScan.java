package org.iommu4j.pagetable;

/** Finds the pages that hardware marked as written, and may clear the marks. Used once. */
final class DirtyScan {
    private final TableTree tree;
    private final Format format;
    private final DirtyVisitor visitor;
    private final boolean clear;
    private long iova;
    private long length;
    private int pageSizeLg2;

    DirtyScan(TableTree tree, DirtyVisitor visitor, boolean clear) {
        this.tree = tree;
        this.format = tree.format;
        this.visitor = visitor;
        this.clear = clear;
    }

    void run(long first, long last) {
        scan(tree.rootTable(), tree.top, first, last);
        emit();
    }

    private void scan(int table, int level, long first, long last) {
        long mask = tree.mask(level);
        long next;
        for (long at = first; at <= last; at = next) {
            int slot = tree.slot(table, at, level);
            long entry = tree.loadAcquire(slot);
            next = (at | mask) + 1;
            if (!tree.isPresent(entry)) {
                continue;
            }
            if (!format.isLeaf(entry, level)) {
                scan(tree.child(entry), level - 1, at, Math.min(at | mask, last));
                continue;
            }
            int sizeLg2 = format.pageLg2(entry, level);
            long page = at >>> sizeLg2 << sizeLg2;
            next = page + (1L << sizeLg2);
            if (isDirty(tree.slot(table, page, level), 1 << sizeLg2 - tree.shift(level))) {
                add(page, sizeLg2);
            }
        }
    }

    /** Whether a page is marked; where several leaves make it, hardware marks any of them. */
    private boolean isDirty(int slot, int leaves) {
        boolean dirty = false;
        for (int at = slot; at < slot + leaves * TableTree.ENTRY; at += TableTree.ENTRY) {
            dirty |= isDirty(at, tree.loadAcquire(at));
        }
        return dirty;
    }

    private boolean isDirty(int slot, long entry) {
        if (!format.isDirty(entry)) {
            return false;
        }
        if (clear) {
            clean(slot, entry);
        }
        return true;
    }

    /** Hardware sets bits of the same entry meanwhile; none of them may get lost. */
    private void clean(int slot, long entry) {
        long expected = entry;
        long found = tree.exchange(slot, expected, format.cleaned(expected));
        while (found != expected) {
            expected = found;
            found = tree.exchange(slot, expected, format.cleaned(expected));
        }
    }

    private void add(long page, int sizeLg2) {
        if (length == 0 || page != iova + length || sizeLg2 != pageSizeLg2) {
            emit();
            iova = page;
            length = 0;
            pageSizeLg2 = sizeLg2;
        }
        length += 1L << sizeLg2;
    }

    private void emit() {
        if (length != 0) {
            visitor.dirty(iova, length, pageSizeLg2);
        }
    }
}
