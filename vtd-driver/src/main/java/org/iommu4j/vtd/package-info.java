/**
 * The Intel VT-d driver. {@link org.iommu4j.vtd.VtdDriver} is the service; {@link org.iommu4j.vtd.VtdUnit} is a unit in
 * its charge, started by {@link org.iommu4j.vtd.UnitStart} or taken over by {@link org.iommu4j.vtd.UnitAdoption}.
 * Rooms: {@code firmware} reads the DMAR table, {@code registers}, {@code entries} and {@code queues} hold the layouts
 * of the specification and what is done with them, {@code domain} translations, {@code handover} the record that one
 * driver leaves to the next, {@code layout} how a layout is written down. Section numbers are those of the Intel
 * Virtualization Technology for Directed I/O specification, revision 4.1.
 */
package org.iommu4j.vtd;
