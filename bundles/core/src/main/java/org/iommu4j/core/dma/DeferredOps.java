package org.iommu4j.core.dma;

import org.iommu4j.api.Domain;
import org.iommu4j.api.driver.Gather;

/**
 * For core's own use: mapping many runs in one step, and unmapping in two, what
 * {@link org.iommu4j.api.DomainOps#unmap} does in one. Each call enters and leaves the gate once; errors are those of
 * {@code DomainOps}.
 */
public interface DeferredOps {
    /** Maps run after run. On failure those before the newest run stay mapped. */
    void map(Domain domain, Runs runs, int protection);

    /**
     * Removes mappings from the tables only.
     *
     * @param into what has to be invalidated and freed is added here; not the gather of a gate's cell
     * @return bytes unmapped, up to the first hole
     */
    long unmap(Domain domain, long iova, long length, Gather into);

    /** Invalidates what was gathered, waits, frees gathered tables and clears the gather; on failure it stays full. */
    void sync(Domain domain, Gather gathered);
}
