/**
 * ACPI tables as QEMU makes them: fetched through {@link org.iommu4j.qemu.firmware.FirmwareConfiguration}, cut apart
 * and given their checksums by {@link org.iommu4j.qemu.firmware.AcpiTables}, which is otherwise a BIOS's work.
 */
package org.iommu4j.qemu.firmware;
