package org.iommu4j.vtd.queues;

/**
 * Where a unit's queue lies and stands.
 *
 * @param base of the descriptors; 0 if the unit has no queue
 * @param wide true for descriptors of 32 bytes
 * @param tail descriptors sent since the queue was made
 * @param status page of the status words
 */
public record QueuePlace(long base, boolean wide, long tail, long status) {
    /** That of a unit without a queue. */
    public static final QueuePlace NONE = new QueuePlace(0, false, 0, 0);

    public boolean isThere() {
        return base != 0;
    }
}
