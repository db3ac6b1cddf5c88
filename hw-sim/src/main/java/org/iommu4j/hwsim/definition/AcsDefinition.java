package org.iommu4j.hwsim.definition;

/**
 * Access Control Services of a function.
 *
 * @param capability the bits it implements
 * @param control the bits that are on at power on, a subset
 * @param wide true if both registers have 32 bits, as in Intel's platform hubs of the Sunrise Point time
 */
public record AcsDefinition(int capability, int control, boolean wide) {
}
