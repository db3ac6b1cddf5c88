package org.iommu4j.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The contents of paging domains, of one machine; strict: when {@link #unmap} has returned, no device reaches the
 * range any more and none of its transactions is still under way.
 *
 * <p>One service a machine, property {@code machine}; stable across swaps. <b>Threading:</b> any number of threads may
 * work on one domain without a lock as long as their IOVA ranges are disjoint; calls on overlapping ranges must be
 * ordered by the caller. {@link #translate} may race with anything. The methods allocate nothing once the tables they
 * need exist. While a unit is handed over they wait, see {@link IommuOps}.
 */
@ProviderType
public interface DomainOps {
    /** Answer of {@link #translate} for an IOVA that is not mapped. */
    long NOT_MAPPED = -1;

    /**
     * Maps {@code length} bytes from {@code iova} on to {@code pa} on, with the largest pages that fit.
     *
     * @param iova multiple of the smallest page size
     * @param pa likewise
     * @param length in bytes, likewise, not 0
     * @param protection {@link Protection} bits; at least READ or WRITE
     * @throws IommuException {@link Reason#INCOMPATIBLE} (alignment, protection, kind of domain),
     * {@link Reason#EXISTS} (part of the range is mapped), {@link Reason#OVERFLOW} (beyond the domain's or the
     * table format's width), {@link Reason#NO_MEMORY}; nothing is mapped then
     */
    void map(Domain domain, long iova, long pa, long length, int protection);

    /**
     * Unmaps from {@code iova} on, up to {@code length} bytes or the first hole, invalidates every cache and waits
     * until that is complete.
     *
     * @return bytes unmapped; less than {@code length} if there was a hole
     * @throws IommuException {@link Reason#INCOMPATIBLE} (alignment, kind of domain, or the range would split a page,
     * which the message names), {@link Reason#OVERFLOW}; nothing is unmapped then
     */
    long unmap(Domain domain, long iova, long length);

    /** What the tables say of an IOVA at this moment: the physical address, or {@link #NOT_MAPPED}. */
    long translate(Domain domain, long iova);

    /**
     * Has hardware mark each page of the domain that a device writes, or stop it; in all units at once, for the groups
     * that are in the domain and for those that come. Turning it on forgets all older marks first, so that what
     * {@link #readAndClearDirty} reports was written, or mapped, afterwards. Turning on what is on does nothing. Counts
     * as a call on all IOVAs of the domain.
     *
     * @throws IommuException {@link Reason#NOT_SUPPORTED} if the domain was not allocated with
     * {@link DomainFlag#DIRTY_TRACKING}, {@link Reason#INCOMPATIBLE} if it has no page table; it is as before then
     */
    void dirtyTracking(Domain domain, boolean on);

    /**
     * Reports the pages in a range that devices have written since tracking began or since they were last reported, and
     * clears their marks. When the visitor is called, all caches have been invalidated: what was written before is in
     * memory, what is written from now on will be reported by the next call. A mark speaks for the whole of its page,
     * so a range that begins or ends inside a page reports and clears all of it. Allocates; the visitor may call
     * anything.
     *
     * @param iova multiple of the smallest page size
     * @param length in bytes, likewise, not 0; holes are skipped
     * @throws IommuException {@link Reason#NOT_SUPPORTED} as {@link #dirtyTracking}, {@link Reason#INCOMPATIBLE}
     * (alignment, kind of domain, or tracking is off), {@link Reason#OVERFLOW}; nothing is cleared then
     */
    void readAndClearDirty(Domain domain, long iova, long length, DirtyVisitor visitor);
}
