/**
 * PCI as a BIOS leaves it: {@link org.iommu4j.qemu.pci.ConfigurationWindow} opens the memory-mapped configuration
 * space, {@link org.iommu4j.qemu.pci.BusScan} numbers buses and gives every function its addresses, {@link
 * org.iommu4j.qemu.pci.QemuFunction} is what is found.
 */
package org.iommu4j.qemu.pci;
