/**
 * The Arm SMMUv3 driver. {@link org.iommu4j.smmuv3.SmmuDriver} is the service; {@link org.iommu4j.smmuv3.SmmuUnit} is a
 * unit in its charge, started by {@link org.iommu4j.smmuv3.UnitStart} or taken over by {@link
 * org.iommu4j.smmuv3.UnitAdoption}. Rooms: {@code firmware} reads the IORT table, {@code registers}, {@code entries}
 * and {@code queues} hold the layouts of the specification and what is done with them, {@code domain} the forms of
 * translations, {@code handover} the record that one driver leaves to the next. Chapter and section numbers are those
 * of the Arm System Memory Management Unit Architecture Specification, version 3 (IHI 0070).
 */
package org.iommu4j.smmuv3;
