package org.iommu4j.api.sva;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whoever keeps copies of a process's page-table entries: a unit's caches and those of the devices behind it.
 *
 * <p><b>Order.</b> For each page: (1) its entry is changed in memory, so that no walk finds the old one again; (2) each
 * notifier is called, and returns; (3) the frame is read out, freed or used for something else, and unlinked tables are
 * freed. So whoever has invalidated by its return never lets a frame be used that was taken away.
 *
 * <p><b>Threads.</b> Called on the thread that changes the process, a range at a time, two calls never at once. The
 * process is locked meanwhile, and so may be another one that needs a frame of it. So a notifier neither calls an
 * address space, nor waits for a page fault to be answered, nor takes a lock under which somebody calls an address
 * space. It does not throw: one that does is logged, and the frames and tables of that change are never used again,
 * because nobody knows who still reaches them.
 */
@ConsumerType
public interface AddressSpaceNotifier {
    /**
     * Entries have been taken away or allow something else now. Returns when nobody uses the old ones any more:
     * accesses that had begun have ended.
     *
     * @param first address of the first page
     * @param last address of the last page's last byte, inclusive
     * @param tables whether tables were unlinked too, so that cached links to them must go as well as leaves
     */
    void invalidate(long first, long last, boolean tables);

    /**
     * The process ends. Returns when nobody walks its table or uses a page of it any more. The last call; faults are
     * answered by {@link FaultResult#EXITED} already.
     */
    void release();
}
