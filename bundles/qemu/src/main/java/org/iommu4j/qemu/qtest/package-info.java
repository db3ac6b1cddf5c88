/**
 * QEMU's qtest protocol (QEMU documentation, "QTest Device Emulation Testing Framework"): one command a line, one reply
 * a line, over the standard input and output of the QEMU process. {@link org.iommu4j.qemu.qtest.QtestClient} speaks it,
 * {@link org.iommu4j.qemu.qtest.QtestRegisters} is a register file behind it.
 */
package org.iommu4j.qemu.qtest;
