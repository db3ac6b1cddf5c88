package org.iommu4j.replay.play;

import org.iommu4j.api.PciAddress;

/**
 * A page that a device of the trace still has mapped at the end.
 *
 * @param device that has it
 * @param iova where, a multiple of 4 KiB
 */
public record StandingPage(PciAddress device, long iova) {
}
