/**
 * Machines and their lives: from the {@link org.iommu4j.api.machine.Machine} service to the services of its clients.
 *
 * <p>{@link org.iommu4j.core.machine.Machines} is the component that binds machines and drivers; everything behind it
 * is plain Java. {@link org.iommu4j.core.machine.Boards} holds what is there, {@link org.iommu4j.core.machine.Board} is
 * one machine that is powered on, with its memory, units and domains, and
 * {@link org.iommu4j.core.machine.MachineLife} its one life-cycle thread, which also publishes its services.
 */
package org.iommu4j.core.machine;
