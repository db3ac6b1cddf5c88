/**
 * A simulated machine: what software can see of a board whose processors are left out. {@link
 * org.iommu4j.hwsim.machine.SimulatedMachine} is the service, and makes a {@link
 * org.iommu4j.hwsim.machine.PoweredBoard} of memory, functions, IOMMU models, device threads and interrupts at power
 * on.
 *
 * <p>The seam of every IOMMU architecture is here too: {@link org.iommu4j.hwsim.machine.IommuModel} for the board,
 * {@link org.iommu4j.hwsim.machine.Requester} for devices, {@link org.iommu4j.hwsim.machine.Board} for the model.
 */
package org.iommu4j.hwsim.machine;
