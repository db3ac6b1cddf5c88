/**
 * The register file of a unit: one descriptor class for each register that the driver uses, {@link
 * org.iommu4j.smmuv3.registers.UnitRegisters} for access and handshakes, {@link
 * org.iommu4j.smmuv3.registers.UnitErrors} for what a unit reports of itself. Chapter 6 of the specification.
 */
package org.iommu4j.smmuv3.registers;
