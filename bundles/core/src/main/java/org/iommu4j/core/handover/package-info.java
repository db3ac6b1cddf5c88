/**
 * Who is in charge of a machine's units, and how that changes while devices do DMA.
 *
 * <p>{@link org.iommu4j.core.handover.Handover} decides, on the machine's life-cycle thread or, when a driver goes, on
 * the thread that takes it away. {@link org.iommu4j.core.handover.BringUp} puts a driver in charge where there is none,
 * {@link org.iommu4j.core.handover.SideBySide} exchanges one for another and goes back if a step fails,
 * {@link org.iommu4j.core.handover.Absence} counts the time without one.
 * {@link org.iommu4j.core.handover.BundleSwap} is the swap that people ask for: a jar in, a jar out.
 */
package org.iommu4j.core.handover;
