package org.iommu4j.core.dma;

import org.iommu4j.api.Domain;
import org.iommu4j.api.driver.Gather;

/**
 * Unmapping in two steps, for core's own use: what {@link org.iommu4j.api.DomainOps#unmap} does in one. Each call
 * enters and leaves the gate; errors are those of {@code DomainOps}.
 */
public interface DeferredOps {
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
