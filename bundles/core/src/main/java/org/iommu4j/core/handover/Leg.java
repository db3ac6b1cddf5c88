package org.iommu4j.core.handover;

/**
 * One machine's part of a swap.
 *
 * @param units that changed hands
 * @param words in their records
 * @param drainNanos until the callers were out
 * @param leaveNanos until all units were left
 * @param adoptNanos until all units were taken over
 * @param closedNanos how long the gate was closed
 */
public record Leg(int units, long words, long drainNanos, long leaveNanos, long adoptNanos, long closedNanos) {
}
