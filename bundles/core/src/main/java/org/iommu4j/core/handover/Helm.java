package org.iommu4j.core.handover;

import org.iommu4j.core.unit.Units;

/**
 * Where the driver of one machine is changed.
 *
 * @param life the thread on which that is done
 */
public record Helm(Units units, Handover handover, Life life) {
}
