package org.iommu4j.hwsim.device;

/**
 * How a function's transactions reach memory.
 *
 * @param rid requester id that they carry at the IOMMU, not negative; an SMMU's StreamID
 * @param unit index of the IOMMU, as {@link DmaPort} was given them; {@link #NO_UNIT} for none
 */
public record BusRoute(int rid, int unit) {
    /** The function's transactions use physical addresses. */
    public static final int NO_UNIT = -1;
}
