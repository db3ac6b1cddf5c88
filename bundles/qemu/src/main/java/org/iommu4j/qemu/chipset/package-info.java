/**
 * The boards that QEMU has: where {@link org.iommu4j.qemu.chipset.Q35} and {@link org.iommu4j.qemu.chipset.Virt} have
 * memory, configuration space and fw_cfg, what their processor runs, and how interrupts come.
 */
package org.iommu4j.qemu.chipset;
