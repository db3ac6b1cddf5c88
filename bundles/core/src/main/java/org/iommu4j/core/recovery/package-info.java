/**
 * What outlives this process, for machines that do: {@link org.iommu4j.core.recovery.MachineRecord} is all that core
 * knows of domains and groups with what drivers know of units, {@link org.iommu4j.core.recovery.RecordFile} keeps it on
 * disk, {@link org.iommu4j.core.recovery.Recorder} writes it after each control operation, never for a map or unmap.
 * A core that finds a machine left running takes it over by its record, all of it or nothing.
 */
package org.iommu4j.core.recovery;
