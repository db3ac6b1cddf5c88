/**
 * The IORT table (Arm DEN0049, IO Remapping Table): {@link org.iommu4j.smmuv3.firmware.IortTable} reads it as it is,
 * {@link org.iommu4j.smmuv3.firmware.IortProbe} makes of it what core asks for, {@link
 * org.iommu4j.smmuv3.firmware.StreamMap} follows ids from who sends to the SMMU that sees them.
 */
package org.iommu4j.smmuv3.firmware;
