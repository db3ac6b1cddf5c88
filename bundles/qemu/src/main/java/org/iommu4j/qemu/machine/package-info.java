/**
 * QEMU as a machine: {@link org.iommu4j.qemu.machine.QemuMachines} is the component, one for each configuration, {@link
 * org.iommu4j.qemu.machine.QemuMachine} what it publishes, {@link org.iommu4j.qemu.machine.QemuDefinition} the machines
 * there are, {@link org.iommu4j.qemu.machine.QemuBoard} one of them with all that is plugged in. What QEMU makes has
 * been written by others from the same specifications, so that drivers can be held against it.
 */
package org.iommu4j.qemu.machine;
