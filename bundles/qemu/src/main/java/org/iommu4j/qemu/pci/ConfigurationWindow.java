package org.iommu4j.qemu.pci;

import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.qemu.qtest.QtestClient;
import org.iommu4j.qemu.qtest.QtestRegisters;

/**
 * The memory-mapped configuration space of segment 0 (PCI Express Base Specification, section 7.2.2), which the Q35
 * host bridge shows once its register PCIEXBAR is set (Intel 3 Series Express Chipset datasheet, section 5.1.15). That one
 * write goes through the old pair of ports (PCI Local Bus Specification 3.0, section 3.2.2.3.2).
 * <pre>
 *  address in the window   27   20 19   15 14   12 11        0
 *                         +-------+-------+-------+-----------+
 *                         |  bus  | device| funct.| register  |
 *                         +-------+-------+-------+-----------+
 * </pre>
 */
public final class ConfigurationWindow {
    /** Bytes of a function's configuration space. */
    static final int LENGTH = 4096;

    private static final long BASE = 0xb000_0000L;
    private static final int RID_SHIFT = 12;
    private static final int PORT_ADDRESS = 0xcf8;
    private static final int PORT_DATA = 0xcfc;
    private static final int PORT_ENABLE = 1 << 31;
    private static final int PCIEXBAR = 0x60;
    private static final int PCIEXBAR_ENABLE = 1;

    private final QtestClient qemu;

    public ConfigurationWindow(QtestClient qemu) {
        this.qemu = qemu;
        qemu.out32(PORT_ADDRESS, PORT_ENABLE | PCIEXBAR);
        qemu.out32(PORT_DATA, (int) BASE | PCIEXBAR_ENABLE);
    }

    QtestClient qemu() {
        return qemu;
    }

    /** A function's configuration space; reads as ones where no function is. */
    RegisterSpace of(PciAddress address) {
        return new QtestRegisters(qemu, BASE + ((long) address.rid() << RID_SHIFT), LENGTH);
    }
}
