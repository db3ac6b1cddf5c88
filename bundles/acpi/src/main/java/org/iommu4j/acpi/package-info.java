/**
 * Firmware tables: what DMAR, IVRS and IORT have in common. {@link org.iommu4j.acpi.AcpiTable} checks the header and
 * the checksum, {@link org.iommu4j.acpi.Region} reads fields and walks sub-tables; both check every length, and their
 * errors name table, offset and field. A library: each driver has its private copy.
 */
package org.iommu4j.acpi;
