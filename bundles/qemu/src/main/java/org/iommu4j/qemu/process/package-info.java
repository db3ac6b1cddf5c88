/**
 * The QEMU process: found and checked by {@link org.iommu4j.qemu.process.QemuProgram}, started, supervised and ended by
 * {@link org.iommu4j.qemu.process.QemuProcess} in a {@link org.iommu4j.qemu.process.Workplace} of its own, with a
 * {@link org.iommu4j.qemu.process.Watchdog} for the case that this JVM is killed. What its processor runs is a
 * {@link org.iommu4j.qemu.process.Firmware}; how {@link org.iommu4j.qemu.process.Interrupts} come depends on it:
 * counted by the firmware into memory, or told by QEMU as wires that are raised.
 */
package org.iommu4j.qemu.process;
