/**
 * The tear storm: groups are moved from domain to domain while their devices do DMA, hardware fetches entries in the
 * units that the architecture guarantees, in random order, and threads are interrupted wherever it hurts.
 * {@link org.iommu4j.system.storm.Storm} is the run, {@link org.iommu4j.system.storm.Schedule} knows which domains were
 * in force when, {@link org.iommu4j.system.storm.Scenery} what each of them maps.
 */
package org.iommu4j.system.storm;
