/**
 * The second pass: plays a {@link org.iommu4j.replay.plan.TracePlan} through the services of a machine, has its
 * devices do DMA over what is mapped, and judges every transaction.
 *
 * <p>{@link org.iommu4j.replay.play.DomainPlayer} plays the events of one domain in file order;
 * {@link org.iommu4j.replay.play.Feeder} keeps devices busy beside it, also while a driver is swapped;
 * {@link org.iommu4j.replay.play.Verdict} counts what was lost or wrong. A page is touched only while its mapping
 * stands for the whole transaction, so no outcome but one is right.
 */
package org.iommu4j.replay.play;
