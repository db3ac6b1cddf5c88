package org.iommu4j.replay.play;

import org.iommu4j.api.status.SwapReport;

/**
 * One swap during a replay.
 *
 * @param report core's own account
 * @param startNanos of the request, since the play began
 * @param endNanos when the predecessor was uninstalled
 * @param dmaDuring translations from the request until the predecessor was uninstalled
 * @param missesDuring IOTLB misses in the same time
 * @param right transactions that ended as they had to in the same time
 * @param lost transactions lost in the same time
 * @param wrong transactions wrong in the same time
 */
public record SwapRow(SwapReport report, long startNanos, long endNanos, long dmaDuring, long missesDuring, long right,
        long lost, long wrong) {
}
