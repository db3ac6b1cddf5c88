package org.iommu4j.core.domain;

import org.iommu4j.core.unit.Seat;

/**
 * One requester id of a group, as the unit that serves it sees it.
 *
 * @param seat the unit
 * @param id 0 to 65535 on PCI
 */
record Requester(Seat seat, int id) {
}
