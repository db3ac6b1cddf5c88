package org.iommu4j.amdvi.queues;

/**
 * Where a unit's command buffer lies and stands.
 *
 * @param base of the commands
 * @param tail commands sent since the ring was made
 * @param stores of the words that waits store to
 */
public record CommandPlace(long base, long tail, long stores) {
}
