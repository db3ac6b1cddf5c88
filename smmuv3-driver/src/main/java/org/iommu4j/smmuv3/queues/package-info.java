/**
 * The command queue and the event queue (chapters 3.5, 4 and 7 of the specification): a descriptor class for each kind
 * of command that the driver sends, {@link org.iommu4j.smmuv3.queues.CommandQueue}, by which any thread sends commands
 * and waits for them, {@link org.iommu4j.smmuv3.queues.UnitCaches}, which knows what to send, and {@link
 * org.iommu4j.smmuv3.queues.EventQueue}, which reports what the unit has refused.
 */
package org.iommu4j.smmuv3.queues;
