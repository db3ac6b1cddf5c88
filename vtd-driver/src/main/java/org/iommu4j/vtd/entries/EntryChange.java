package org.iommu4j.vtd.entries;

import org.iommu4j.api.driver.AttachMethod;

/**
 * A change of a requester's entry that hardware may see already, and the old entry too, until caches are invalidated.
 * Then it is settled; if the invalidation fails, it is undone.
 */
public interface EntryChange {
    /** How it was made. */
    AttachMethod method();

    /** True if a whole table was replaced, which must not be freed while the unit may read it. */
    boolean replacesTable();

    /** Caches are invalidated, and nobody reads what was replaced: it is freed. */
    void settle();

    /** Puts the old entry back. What hardware may have read of the new one is not freed. */
    void undo();
}
