/**
 * The unit's registers (section 3.4) and what it has in PCI configuration space (section 3.3): a layout class for each,
 * and {@link org.iommu4j.amdvi.registers.UnitRegisters}, which knows the order in which they are written.
 */
package org.iommu4j.amdvi.registers;
