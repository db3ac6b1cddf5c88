package org.iommu4j.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A handle of one translation. It stays valid, and means the same page table, while drivers are swapped; it never
 * exposes a driver's object. Handles are compared by identity and are safe for use by any thread.
 */
@ProviderType
public interface Domain {
    /** Unique in its machine for as long as the machine runs; 1 or more, never used again. */
    long id();

    /** Name of the machine that it belongs to. */
    String machine();

    DomainType type();

    /** The highest IOVA that can be mapped, inclusive; 0 for a blocked domain. */
    long lastIova();

    /** Bit n set: pages of 2^n bytes can be mapped; 0 unless the domain has a page table. */
    long pageSizes();

    /**
     * What a mapping with a protection really lets devices do: the same, or more where the format has no word for it
     * (in a first-stage table a page that can be written can be read).
     *
     * @param protection {@link Protection} bits
     * @return READ, WRITE or both; 0 unless the domain has a page table
     */
    int granted(int protection);
}
