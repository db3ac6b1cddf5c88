package org.iommu4j.qemu.chipset;

import java.util.List;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.firmware.FirmwareConfiguration;
import org.iommu4j.qemu.pci.ConfigurationWindow;
import org.iommu4j.qemu.process.ArmIdleFirmware;
import org.iommu4j.qemu.process.Firmware;
import org.iommu4j.qemu.process.Interrupts;
import org.iommu4j.qemu.process.Monitor;
import org.iommu4j.qemu.process.QemuProcess;
import org.iommu4j.qemu.process.WiredInterrupts;
import org.iommu4j.qemu.qtest.QtestClient;

/**
 * QEMU's own Arm board {@code virt} with an SMMUv3 in front of its PCI bus; QEMU documentation, "'virt' generic virtual
 * platform". The SMMU has no messages but four wires: event queue, PRI queue, command sync, global error.
 */
public final class Virt implements Chipset {
    private static final long RAM = 0x4000_0000L;
    private static final long CONFIGURATION = 0x40_1000_0000L;
    private static final long BARS = 0x1000_0000L;
    private static final long FW_CFG_DMA = 0x0902_0010L;
    /** Beyond the device tree, which QEMU puts at the start of RAM, and the firmware's own word. */
    private static final long FW_CFG_MEMORY = RAM + (3 << 20);
    /** GITS_TRANSLATER; Arm GIC architecture specification (IHI 0069), section 12.19. */
    private static final long DOORBELL = 0x0809_0040L;
    private static final String SMMU = "arm-smmuv3";
    /** Number of the event queue's wire in the IORT. */
    private static final int FIRST_WIRE = 106;
    private static final int WIRES = 4;

    @Override
    public String program() {
        return "qemu-system-aarch64";
    }

    @Override
    public List<String> arguments() {
        return List.of("-M", "virt,iommu=smmuv3,gic-version=3,memory-backend=ram0", "-cpu", "cortex-a72");
    }

    @Override
    public List<MemoryRange> ram(int gib) {
        return List.of(new MemoryRange(RAM, (gib - 1) * GIB), new MemoryRange(RAM + (gib - 1) * GIB, GIB));
    }

    @Override
    public int physicalAddressBits() {
        return 44;
    }

    @Override
    public Firmware firmware() {
        return ArmIdleFirmware.firmware();
    }

    @Override
    public ConfigurationWindow configuration(QtestClient qemu) {
        return new ConfigurationWindow(qemu, CONFIGURATION, BARS);
    }

    @Override
    public FirmwareConfiguration firmwareConfiguration(QtestClient qemu, PhysicalMemory memory) {
        return new FirmwareConfiguration(memory, FW_CFG_MEMORY, (high, low) -> {
            qemu.write32(FW_CFG_DMA, high);
            qemu.write32(FW_CFG_DMA + Integer.BYTES, low);
        });
    }

    @Override
    public Interrupts interrupts(QemuProcess qemu, PhysicalMemory memory, InterruptSink sink) {
        try (Monitor monitor = new Monitor(qemu.monitor())) {
            qemu.qtest().intercept(monitor.boardDevice(SMMU));
        }
        return new WiredInterrupts(qemu.machine(), qemu.qtest(), sink, FIRST_WIRE, WIRES);
    }

    @Override
    public boolean needsMonitor() {
        return true;
    }

    /** What a device would send to the interrupt controller, which nobody has set up. */
    @Override
    public MsiMessage message(int vector) {
        return new MsiMessage(DOORBELL, vector);
    }
}
