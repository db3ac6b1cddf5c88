/**
 * What a machine's PCI configuration space and its firmware say together: which functions there are, under which
 * requester ids their DMA arrives, which unit translates it, and which functions cannot be told apart and so form one
 * group. Pure functions: nothing here keeps state, starts a thread or writes configuration space.
 *
 * <p>{@link org.iommu4j.core.topology.Topology#of} is the way in. {@code ConfigurationSpace} and {@code Function} read
 * one function, {@code Hierarchy} knows the bridges, {@code Aliases}, {@code Isolation} and {@code Grouping} follow
 * Linux's {@code pci_for_each_dma_alias}, {@code pci_acs_enabled} and {@code pci_device_group}, {@code Scopes} resolves
 * what firmware names.
 */
package org.iommu4j.core.topology;
