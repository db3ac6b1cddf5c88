package org.iommu4j.pagetable;

/** Reads a table into runs: neighbours of one page size and protection are one run. Used once. */
final class Enumeration {
    private final TableTree tree;
    private final Format format;
    private final RunVisitor visitor;
    private long iova;
    private long pa;
    private long length;
    private int protection;
    private int pageSizeLg2;

    Enumeration(TableTree tree, RunVisitor visitor) {
        this.tree = tree;
        this.format = tree.format;
        this.visitor = visitor;
    }

    void run() {
        read(tree.rootTable(), tree.top, 0);
        emit();
    }

    private void read(int table, int level, long first) {
        long at = first;
        for (int slot = table; slot < tree.end(table, level); slot += TableTree.ENTRY) {
            long entry = tree.loadAcquire(slot);
            if (tree.isPresent(entry)) {
                if (format.isLeaf(entry, level)) {
                    addPage(at, entry, level);
                } else {
                    read(tree.child(entry), level - 1, at);
                }
            }
            at += tree.mask(level) + 1;
        }
    }

    private void addPage(long at, long entry, int level) {
        int sizeLg2 = format.pageLg2(entry, level);
        // A contiguous page is told once, by the first of its leaves.
        if ((at & (1L << sizeLg2) - 1) == 0) {
            add(at, format.leafAddress(entry, level), format.protection(entry), sizeLg2);
        }
    }

    private void add(long pageIova, long pagePa, int pageProtection, int sizeLg2) {
        boolean continues = length != 0 && pageIova == iova + length && pagePa == pa + length
                && pageProtection == protection && sizeLg2 == pageSizeLg2;
        if (!continues) {
            emit();
            iova = pageIova;
            pa = pagePa;
            length = 0;
            protection = pageProtection;
            pageSizeLg2 = sizeLg2;
        }
        length += 1L << sizeLg2;
    }

    private void emit() {
        if (length != 0) {
            visitor.run(iova, pa, length, protection, pageSizeLg2);
        }
    }
}
