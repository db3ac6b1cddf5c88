package org.iommu4j.hwsim.definition;

/**
 * Access Control Services of a function.
 *
 * @param capability the bits it implements
 * @param control the bits that are on at power on, a subset
 */
public record AcsDefinition(int capability, int control) {
}
