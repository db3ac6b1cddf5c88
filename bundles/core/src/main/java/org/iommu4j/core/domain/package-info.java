/**
 * Devices, groups and domains of one machine, and the two services through which clients change them.
 *
 * <p>{@link org.iommu4j.core.domain.GroupOperations} has the rules of groups,
 * {@link org.iommu4j.core.domain.Move} changes the domain of a group for all its requesters or none,
 * {@link org.iommu4j.core.domain.DefaultDomains} makes the domains that groups are in when nobody asks for another,
 * {@link org.iommu4j.core.domain.DomainCalls} is the hot path: handle, gate, driver. The DMA API on the default domains
 * has a room of its own, {@link org.iommu4j.core.dma}.
 */
package org.iommu4j.core.domain;
