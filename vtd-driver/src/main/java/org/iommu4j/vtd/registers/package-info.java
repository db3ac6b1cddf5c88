/**
 * The register file of a unit: one descriptor class for each register that the driver uses, {@link
 * org.iommu4j.vtd.registers.UnitRegisters} for access and handshakes, and the fault records. Chapter 11 of the
 * specification.
 */
package org.iommu4j.vtd.registers;
