package org.iommu4j.pagetable;

/** Stores runs of leaves as the largest pages there are, for formats in which several leaves make one page. */
final class ContiguousPages {
    private final TableTree tree;
    private final Format format;

    ContiguousPages(TableTree tree) {
        this.tree = tree;
        this.format = tree.format;
    }

    /**
     * Fills empty slots of one table.
     *
     * @param end behind the last slot
     * @param iova of the first slot
     * @param pa likewise
     * @param attributes of leaves of that level
     * @return bytes mapped
     */
    long fill(int slot, int end, int level, long iova, long pa, long attributes) {
        int reachLg2 = tree.shift(level);
        long length = (long) (end - slot) / TableTree.ENTRY << reachLg2;
        int at = slot;
        long done = 0;
        while (done < length) {
            int sizeLg2 = pageLg2(iova + done | pa + done, length - done, level);
            long leaf = sizeLg2 == reachLg2 ? format.leaf(pa + done, attributes)
                    : format.contiguousLeaf(pa + done, sizeLg2, attributes);
            for (int stop = at + (TableTree.ENTRY << sizeLg2 - reachLg2); at < stop; at += TableTree.ENTRY) {
                tree.store(at, leaf);
            }
            done += 1L << sizeLg2;
        }
        return length;
    }

    /** The largest page of a level for which alignment and length suffice; there is one. */
    private int pageLg2(long alignment, long length, int level) {
        int most = Math.min(Long.numberOfTrailingZeros(alignment), Long.SIZE - 1 - Long.numberOfLeadingZeros(length));
        long fitting = tree.pageSizes() & (1L << Math.min(most, tree.shift(level + 1) - 1) + 1) - 1;
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(fitting);
    }
}
