package org.iommu4j.api.dma;

import org.iommu4j.api.DomainType;

/**
 * What lazy unmapping of a group has saved and what it has left open, since its default domain was made. All 0 where
 * it is strict.
 *
 * @param type of the default domain
 * @param queued ranges that were queued instead of being invalidated at once
 * @param waiting ranges that a device may reach now although they are unmapped
 * @param onTimer flushes because 10 ms had passed
 * @param onFullRing flushes because a thread's 256 places were used up
 * @param onMap flushes because a range was mapped again that still waited, see {@link DmaOps#mapAt}
 * @param onDemand flushes because somebody could not wait: the end of the IOVA space, a change of the default domain,
 * or {@link DmaOps#flush}
 * @param failed flushes that the driver refused; their ranges wait for the next one
 * @param longestStaleNanos the longest time between an unmap and the end of the flush that made it true
 */
public record FlushReport(DomainType type, long queued, long waiting, long onTimer, long onFullRing, long onMap,
        long onDemand, long failed, long longestStaleNanos) {
}
