package org.iommu4j.qemu.chipset;

import java.util.List;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.firmware.FirmwareConfiguration;
import org.iommu4j.qemu.pci.ConfigurationWindow;
import org.iommu4j.qemu.process.Firmware;
import org.iommu4j.qemu.process.Interrupts;
import org.iommu4j.qemu.process.QemuProcess;
import org.iommu4j.qemu.qtest.QtestClient;

/** What one kind of board is like, whatever is plugged into it. Immutable. */
public interface Chipset {
    /** Length of a range of RAM, and of all its parts. */
    long GIB = PhysicalMemory.CHUNK;

    /** The QEMU program that has such boards. */
    String program();

    /** QEMU's arguments for board and processor. */
    List<String> arguments();

    /** Ranges of RAM, in the order in which they lie in QEMU's memory file. @param gib 2 or more */
    List<MemoryRange> ram(int gib);

    /** Of the processor. */
    int physicalAddressBits();

    /** What the processor runs. */
    Firmware firmware();

    /** PCI configuration space, opened. */
    ConfigurationWindow configuration(QtestClient qemu);

    /** fw_cfg, which uses a little memory. */
    FirmwareConfiguration firmwareConfiguration(QtestClient qemu, PhysicalMemory memory);

    /** Interrupts of the machine, not passed on yet. */
    Interrupts interrupts(QemuProcess qemu, PhysicalMemory memory, InterruptSink sink);

    /** True if {@link #interrupts} asks QEMU's monitor. */
    boolean needsMonitor();

    /** The message of a vector, 0 to {@link Interrupts#VECTORS} less one. */
    MsiMessage message(int vector);
}
