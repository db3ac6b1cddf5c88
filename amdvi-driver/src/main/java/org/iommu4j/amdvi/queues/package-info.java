/**
 * The two rings in memory: {@link org.iommu4j.amdvi.queues.CommandBuffer}, by which any thread sends commands and waits
 * for them (section 2.4), with a layout class for each command, and {@link org.iommu4j.amdvi.queues.EventLog} (section
 * 2.5). {@link org.iommu4j.amdvi.queues.UnitCaches} knows which commands make a unit forget what.
 */
package org.iommu4j.amdvi.queues;
