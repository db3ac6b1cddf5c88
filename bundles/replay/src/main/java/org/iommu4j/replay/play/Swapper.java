package org.iommu4j.replay.play;

import org.iommu4j.api.status.SwapReport;

/** Swaps the driver of the machine that is played on for the other one, back and forth. */
@FunctionalInterface
public interface Swapper {
    /** @return once the predecessor is uninstalled */
    SwapReport swap();
}
