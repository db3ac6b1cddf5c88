package org.iommu4j.smmuv3.firmware;

/**
 * The wired interrupts of a unit, as GSIVs; 0 where there is none.
 *
 * @param events of the event queue
 * @param errors of GERROR
 */
public record Wires(int events, int errors) {
    /** No wires. */
    public static final Wires NONE = new Wires(0, 0);
}
