/** Firmware tables: header, checksum and sub-table walking. */
package org.iommu4j.acpi;
