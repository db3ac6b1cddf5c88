/**
 * The QEMU process: found and checked by {@link org.iommu4j.qemu.process.QemuProgram}, started, supervised and ended by
 * {@link org.iommu4j.qemu.process.QemuProcess} in a {@link org.iommu4j.qemu.process.Workplace} of its own. What its
 * processor runs is {@link org.iommu4j.qemu.process.IdleFirmware}, which counts interrupts into memory, where
 * {@link org.iommu4j.qemu.process.InterruptPoller} finds them.
 */
package org.iommu4j.qemu.process;
