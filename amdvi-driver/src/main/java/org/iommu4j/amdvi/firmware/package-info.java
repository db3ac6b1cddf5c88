/**
 * The IVRS table (chapter 5 of the specification): {@link org.iommu4j.amdvi.firmware.IvrsTable} reads it as it is,
 * {@link org.iommu4j.amdvi.firmware.IvrsProbe} makes of it what core asks for, and
 * {@link org.iommu4j.amdvi.firmware.UnitHardware} what the driver itself needs of a unit.
 */
package org.iommu4j.amdvi.firmware;
