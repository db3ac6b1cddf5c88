package org.iommu4j.hwsim.pci;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.DmaMaster;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.RegisterSpace;

/** One PCI function: its configuration space, the registers behind BAR 0 if it has any, and its DMA switch. */
public final class SimulatedFunction implements PciFunction {
    private final PciAddress address;
    private final ConfigurationSpace configuration;
    private final RegisterSpace registers;
    private final DmaMaster master;

    /** @param registers behind BAR 0, or null */
    public SimulatedFunction(PciAddress address, ConfigurationSpace configuration, RegisterSpace registers,
                             DmaMaster master) {
        this.address = address;
        this.configuration = configuration;
        this.registers = registers;
        this.master = master;
    }

    @Override
    public PciAddress address() {
        return address;
    }

    @Override
    public int configurationLength() {
        return configuration.length();
    }

    @Override
    public int readConfiguration(int offset) {
        return configuration.read(offset);
    }

    @Override
    public void writeConfiguration(int offset, int value) {
        configuration.write(offset, value);
    }

    @Override
    public RegisterSpace bar(int index) {
        if (index != 0 || registers == null) {
            throw IommuException.of(Reason.NO_DEVICE, "%s has no base address register %d", address, index);
        }
        return registers;
    }

    @Override
    public void enable(boolean on) {
        master.enable(on);
    }
}
