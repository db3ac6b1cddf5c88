/**
 * What laws are played on: {@link org.iommu4j.tck.stage.Bench} is the machine with its services, {@link
 * org.iommu4j.tck.stage.Stage} what one law takes from it, {@link org.iommu4j.tck.stage.Scene} a device in a domain.
 * Devices that do DMA on demand are {@link org.iommu4j.tck.stage.Mover}s, whatever their registers look like.
 */
package org.iommu4j.tck.stage;
