package org.iommu4j.qemu.pci;

import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.qemu.qtest.QtestClient;
import org.iommu4j.qemu.qtest.QtestRegisters;

/**
 * The memory-mapped configuration space of segment 0 (PCI Express Base Specification, section 7.2.2), and where the
 * host bridge passes addresses on to base address registers.
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

    private static final int RID_SHIFT = 12;

    private final QtestClient qemu;
    private final long base;
    private final long bars;

    /**
     * @param base physical address of the window
     * @param bars first physical address, below 4 GiB, that base address registers can have
     */
    public ConfigurationWindow(QtestClient qemu, long base, long bars) {
        this.qemu = qemu;
        this.base = base;
        this.bars = bars;
    }

    QtestClient qemu() {
        return qemu;
    }

    long bars() {
        return bars;
    }

    /** A function's configuration space; reads as ones where no function is. */
    RegisterSpace of(PciAddress address) {
        return new QtestRegisters(qemu, base + ((long) address.rid() << RID_SHIFT), LENGTH);
    }
}
