package org.iommu4j.vtd.entries;

import java.util.List;
import java.util.function.BiConsumer;
import org.iommu4j.api.status.WalkStep;

/**
 * The tables of one unit that lead from a requester to its translation. Control operations only: one thread changes
 * them at a time, hardware reads them at any time.
 */
public interface RequesterTables {
    /** How many requester ids there are. */
    int REQUESTERS = 1 << 16;

    /** Physical address of the root table. */
    long root();

    /** True for the tables of scalable mode. */
    boolean scalable();

    /** What memory says of a requester; {@link Translation#BLOCKED} where a table is absent. */
    Translation read(int requester);

    /**
     * Changes a requester's entry, and makes what tables it lacks: each transaction is translated by the old or by the
     * new entry, or, once both were cached, by either. Nothing is invalidated.
     *
     * @param now not what the entry says already
     * @throws org.iommu4j.api.IommuException NO_MEMORY; the old entry is in force then
     */
    EntryChange change(int requester, Translation now);

    /** Visits all requesters whose entry is present; takes the time of the tables that exist. */
    void forEachPresent(BiConsumer<Integer, Translation> visitor);

    /** Adds each entry on the way to a requester's translation, as far as it goes. */
    void walk(int requester, List<WalkStep> steps);

    /** Unlinks everything below the root table: every requester is blocked once caches are invalidated. */
    void unlink();

    /**
     * Every frame of the tables but the root table.
     *
     * @throws org.iommu4j.api.IommuException BAD_INPUT, naming table and value, if one is no frame of the pool
     */
    List<Long> frames();
}
