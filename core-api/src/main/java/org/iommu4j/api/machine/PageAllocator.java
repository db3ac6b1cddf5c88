package org.iommu4j.api.machine;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Page frames of a machine's pool on behalf of one owner, within its quota. Lock-free; any thread.
 */
@ProviderType
public interface PageAllocator {
    /** For whom the frames are held, for example {@code vtd dmar0}. */
    String owner();

    /**
     * Zeroed memory of 2^sizeLg2 bytes, aligned to its size; its contents are visible to hardware before any store
     * that this thread makes afterwards.
     *
     * @param sizeLg2 12 to 24
     * @throws org.iommu4j.api.IommuException NO_MEMORY, naming the owner, what it holds and its limit
     */
    long allocate(int sizeLg2);

    /**
     * Gives memory back; it is filled with {@link FrameTable#POISON}, so that a late reader is seen.
     *
     * @param pa from {@link #allocate} with the same size
     * @throws org.iommu4j.api.IommuException NOT_OWNER if this owner does not hold all of it; nothing is freed then
     */
    void free(long pa, int sizeLg2);

    /**
     * Takes memory that is in use already, as it is: for who takes a running machine over.
     *
     * @param pa multiple of the size
     * @param sizeLg2 12 to 24
     * @throws org.iommu4j.api.IommuException BAD_ADDRESS outside the pool, EXISTS if some of it is held; nothing is
     * taken then
     */
    default void hold(long pa, int sizeLg2) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "%s takes no memory that is in use", owner());
    }

    /** Bytes held now. */
    long held();

    /** The pool's memory, in which every frame of this allocator lies. */
    TablePool pool();
}
