/**
 * The AMD-Vi driver. {@link org.iommu4j.amdvi.AmdDriver} is the service; {@link org.iommu4j.amdvi.AmdUnit} is a unit in
 * its charge, started by {@link org.iommu4j.amdvi.UnitStart} or taken over by {@link org.iommu4j.amdvi.UnitAdoption}.
 * Rooms: {@code firmware} reads the IVRS table, {@code registers}, {@code entries} and {@code queues} hold the layouts
 * of the specification and what is done with them, {@code domain} what this architecture adds to translations,
 * {@code handover} the record that one driver leaves to the next. Section numbers are those of the AMD I/O
 * Virtualization Technology (IOMMU) Specification, document 48882, revision 3.
 */
package org.iommu4j.amdvi;
