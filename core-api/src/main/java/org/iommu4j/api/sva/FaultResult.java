package org.iommu4j.api.sva;

/** How a page fault ended. Only {@link #HANDLED} is worth another try of the access. */
public enum FaultResult {
    /** The table allows the access now, or did already. */
    HANDLED,
    /** The address lies in an area of the process that does not allow this access. */
    REFUSED,
    /** The address lies in no area of the process, or beyond what its table reaches. */
    NO_AREA,
    /** There is no frame for the page or for a table, and none could be reclaimed; nothing has changed. */
    NO_MEMORY,
    /** The process has ended. */
    EXITED
}
