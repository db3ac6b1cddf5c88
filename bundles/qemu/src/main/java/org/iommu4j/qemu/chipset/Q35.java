package org.iommu4j.qemu.chipset;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.firmware.FirmwareConfiguration;
import org.iommu4j.qemu.pci.ConfigurationWindow;
import org.iommu4j.qemu.process.CountedInterrupts;
import org.iommu4j.qemu.process.Firmware;
import org.iommu4j.qemu.process.IdleFirmware;
import org.iommu4j.qemu.process.Interrupts;
import org.iommu4j.qemu.process.QemuProcess;
import org.iommu4j.qemu.qtest.QtestClient;

/**
 * Intel's Q35 chipset: the PC. Memory-mapped configuration space shows once the host bridge's register PCIEXBAR is set
 * (Intel 3 Series Express Chipset datasheet, section 5.1.15), which goes through the old pair of ports (PCI Local Bus
 * Specification 3.0, section 3.2.2.3.2). fw_cfg has ports, too (QEMU documentation, "QEMU Firmware Configuration
 * (fw_cfg) Device").
 */
public final class Q35 implements Chipset {
    private static final long ABOVE_HOLE = 1L << 32;
    private static final long INTERRUPTS = 0xfee0_0000L;
    private static final long CONFIGURATION = 0xb000_0000L;
    private static final long BARS = 0xe000_0000L;
    private static final int PORT_ADDRESS = 0xcf8;
    private static final int PORT_DATA = 0xcfc;
    private static final int PORT_ENABLE = 1 << 31;
    private static final int PCIEXBAR = 0x60;
    private static final int PCIEXBAR_ENABLE = 1;
    private static final int FW_CFG_DMA_HIGH = 0x514;
    private static final int FW_CFG_DMA_LOW = 0x518;
    /** Above what belongs to a PC's firmware. */
    private static final long FW_CFG_MEMORY = 1 << 20;

    @Override
    public String program() {
        return "qemu-system-x86_64";
    }

    @Override
    public List<String> arguments() {
        return List.of("-M", "q35,memory-backend=ram0,max-ram-below-4g=" + (GIB >> 20) + "M", "-cpu", "qemu64,+x2apic");
    }

    /** One GiB below the hole for devices, the others above it. */
    @Override
    public List<MemoryRange> ram(int gib) {
        List<MemoryRange> ranges = new ArrayList<>(List.of(new MemoryRange(0, GIB)));
        long tables = ABOVE_HOLE + (gib - 2) * GIB;
        if (tables > ABOVE_HOLE) {
            ranges.add(new MemoryRange(ABOVE_HOLE, tables - ABOVE_HOLE));
        }
        ranges.add(new MemoryRange(tables, GIB));
        return List.copyOf(ranges);
    }

    /** Of QEMU's default processor. */
    @Override
    public int physicalAddressBits() {
        return 40;
    }

    @Override
    public Firmware firmware() {
        return IdleFirmware.firmware();
    }

    @Override
    public ConfigurationWindow configuration(QtestClient qemu) {
        qemu.out32(PORT_ADDRESS, PORT_ENABLE | PCIEXBAR);
        qemu.out32(PORT_DATA, (int) CONFIGURATION | PCIEXBAR_ENABLE);
        return new ConfigurationWindow(qemu, CONFIGURATION, BARS);
    }

    @Override
    public FirmwareConfiguration firmwareConfiguration(QtestClient qemu, PhysicalMemory memory) {
        return new FirmwareConfiguration(memory, FW_CFG_MEMORY, (high, low) -> {
            qemu.out32(FW_CFG_DMA_HIGH, high);
            qemu.out32(FW_CFG_DMA_LOW, low);
        });
    }

    @Override
    public Interrupts interrupts(QemuProcess qemu, PhysicalMemory memory, InterruptSink sink) {
        return new CountedInterrupts(qemu.machine(), memory, sink);
    }

    @Override
    public boolean needsMonitor() {
        return false;
    }

    @Override
    public MsiMessage message(int vector) {
        return new MsiMessage(INTERRUPTS, CountedInterrupts.processorVector(vector));
    }
}
