package org.iommu4j.api.status;

/** Who decides what a unit does. */
public enum UnitState {
    /** Known from firmware, no driver has started it. */
    OFF,
    /** A driver is in charge. */
    DRIVEN,
    /** One driver leaves, another adopts; control calls wait, DMA goes on. */
    HANDOVER,
    /** Its driver has gone and left a record; control calls wait, DMA goes on. */
    ABSENT,
    /** No driver came in time, or none could take it: all DMA of its devices is stopped. */
    BLOCKED
}
