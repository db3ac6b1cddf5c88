package org.iommu4j.vtd.queues;

/**
 * The way by which a unit is told to forget: {@link InvalidationQueue}, or {@link InvalidationRegisters} where there is
 * no queue. Both take descriptors.
 */
public interface Invalidations {
    /**
     * Sends one descriptor and returns when it is complete: what it invalidates is in no cache and in no request. Any
     * thread; allocates nothing.
     *
     * @throws org.iommu4j.api.IommuException TIMEOUT, IO; it may have been done or not
     */
    void run(long low, long high);

    /** Waits until nothing is under way. @throws org.iommu4j.api.IommuException TIMEOUT */
    void awaitIdle();

    /** What was sent. */
    QueueCounts counts();

    /** Where the queue lies and stands. */
    QueuePlace place();
}
