package org.iommu4j.api.driver;

import org.iommu4j.api.DirtyVisitor;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver's object for one translation. {@link #map}, {@link #unmap} and {@link #translate} are hot: they allocate no
 * object, take no lock that callers share, log nothing; threads work in parallel on disjoint ranges. Arguments have
 * been checked by core: aligned to 4 KiB, inside the domain's width, length not 0.
 */
@ConsumerType
public interface DriverDomain {
    /** Core's number; 0 for the blocked and the identity domain. */
    long id();

    /** The highest IOVA, inclusive; 0 for the blocked domain. */
    long lastIova();

    /** Bit n set: pages of 2^n bytes; 0 without a page table. */
    long pageSizes();

    /** True if a page can allow writes and refuse reads; else WRITE alone lets devices read too. */
    default boolean hasWriteOnlyPages() {
        return true;
    }

    /**
     * As {@link org.iommu4j.api.DomainOps#map}, including what hardware that caches absent entries needs.
     *
     * @param gather the calling thread's; only its cursor is used
     */
    void map(long iova, long pa, long length, int protection, Gather gather);

    /**
     * Removes mappings from the tables. Hardware may use them until {@link #sync} has returned. Core may let many
     * unmaps, of several threads, wait for one sync: what each of them gathered is moved into the gather of that sync,
     * whose range then spans pages that are still mapped.
     *
     * @param gather collects what must be invalidated and freed
     * @return bytes removed, up to the first hole
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE if a page would be split; nothing is removed then
     */
    long unmap(long iova, long length, Gather gather);

    /** Invalidates what was gathered in every unit, waits for completion, frees gathered tables, clears the gather. */
    void sync(Gather gather);

    /** Physical address, or {@link org.iommu4j.api.DomainOps#NOT_MAPPED}. */
    long translate(long iova);

    /**
     * As {@link #translate(long)}; the way of hot callers.
     *
     * @param gather the calling thread's; only its cursor is used
     */
    default long translate(long iova, Gather gather) {
        return translate(iova);
    }

    /**
     * Reports the pages in a range that are marked as written, and clears the marks. Writes may go unmarked until
     * {@link #sync} has returned. The caller owns the range, as for {@link #map}.
     *
     * @param visitor must not throw
     * @param gather collects what must be invalidated
     * @throws IommuException NOT_SUPPORTED if the domain was not allocated for it, BAD_INPUT if a table is
     * corrupt
     */
    default void readAndClearDirty(long iova, long length, DirtyVisitor visitor, Gather gather) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "domain %d: this driver tracks no writes", id());
    }

    /** Receives what a domain maps. */
    @FunctionalInterface
    interface MappingVisitor {
        /** A range that is contiguous in IOVA and in physical address. @param length in bytes */
        void mapping(long iova, long pa, long length);
    }

    /**
     * Everything that is mapped, ascending; nobody maps or unmaps meanwhile.
     *
     * @throws IommuException NOT_SUPPORTED, BAD_INPUT if a table is corrupt
     */
    default void enumerate(MappingVisitor visitor) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "domain %d: this driver cannot tell what is mapped", id());
    }

    /** Frees the tables. No requester is attached. */
    void free();
}
