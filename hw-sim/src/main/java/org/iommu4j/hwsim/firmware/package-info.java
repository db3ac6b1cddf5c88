/**
 * Firmware tables of a simulated machine: made byte by byte from its definition, or read from a file as they are.
 * No table that was given is corrected: what drivers do with broken firmware is theirs to show. Where a machine is made
 * around a table, {@link org.iommu4j.hwsim.firmware.DmarUnits} reads which units it has.
 */
package org.iommu4j.hwsim.firmware;
