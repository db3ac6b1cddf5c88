package org.iommu4j.qemu.pci;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * One function of QEMU's. Its DMA is switched by Bus Master Enable; a transfer that QEMU's device starts while the
 * switch is off does not wait, but is lost.
 */
final class QemuFunction implements PciFunction {
    private final PciAddress address;
    private final RegisterSpace configuration;
    private final RegisterSpace[] bars;

    /** @param bars by index; null for none */
    QemuFunction(PciAddress address, RegisterSpace configuration, RegisterSpace[] bars) {
        this.address = address;
        this.configuration = configuration;
        this.bars = bars;
    }

    /** Lets memory accesses in and DMA out. */
    void start() {
        configuration.write32(Header.COMMAND, Header.COMMAND_MEMORY | Header.COMMAND_MASTER);
    }

    @Override
    public PciAddress address() {
        return address;
    }

    @Override
    public int configurationLength() {
        return (int) configuration.length();
    }

    @Override
    public int readConfiguration(int offset) {
        return configuration.read32(offset);
    }

    @Override
    public void writeConfiguration(int offset, int value) {
        configuration.write32(offset, value);
    }

    @Override
    public RegisterSpace bar(int index) {
        if (index < 0 || index >= bars.length || bars[index] == null) {
            throw IommuException.of(Reason.NO_DEVICE, "%s has no memory behind base address register %d", address,
                    index);
        }
        return bars[index];
    }

    @Override
    public synchronized void enable(boolean on) {
        int command = configuration.read32(Header.COMMAND) & Header.COMMAND_BITS & ~Header.COMMAND_MASTER;
        configuration.write32(Header.COMMAND, on ? command | Header.COMMAND_MASTER : command);
    }
}
