/**
 * How a machine is held against laws: {@link org.iommu4j.tck.kit.Kit} checks each {@link org.iommu4j.tck.kit.Law} of
 * {@link org.iommu4j.tck.law.Laws}, and {@link org.iommu4j.tck.kit.Deviations} says which need not hold on a kind of
 * machine, and why.
 */
package org.iommu4j.tck.kit;
