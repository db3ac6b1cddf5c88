/**
 * The DMAR table (chapter 8 of the specification): {@link org.iommu4j.vtd.firmware.DmarTable} reads it as it is, {@link
 * org.iommu4j.vtd.firmware.DmarProbe} makes of it what core asks for.
 */
package org.iommu4j.vtd.firmware;
