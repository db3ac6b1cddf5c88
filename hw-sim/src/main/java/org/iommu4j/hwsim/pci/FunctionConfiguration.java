package org.iommu4j.hwsim.pci;

import org.iommu4j.hwsim.definition.ConfigurationBytes;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.DeviceKind;

/** Puts a function's configuration space together, as it is at power on. */
public final class FunctionConfiguration {
    private static final int INTA = 1;
    private static final int EDU_REVISION = 0x10;

    private FunctionConfiguration() {
    }

    public static ConfigurationSpace of(DeviceDefinition device, BarWindow bars) {
        return device.configuration().map(FunctionConfiguration::raw).orElseGet(() -> built(device, bars));
    }

    /** As captured; of all registers software can write the command alone. */
    private static ConfigurationSpace raw(ConfigurationBytes bytes) {
        ConfigurationSpace space = new ConfigurationSpace(bytes.length());
        for (int offset = 0; offset < bytes.length(); offset += Integer.BYTES) {
            space.define(offset, bytes.word(offset), 0);
        }
        return space.define16(CommonHeader.COMMAND, bytes.half(CommonHeader.COMMAND), CommonHeader.COMMAND_WRITABLE);
    }

    private static ConfigurationSpace built(DeviceDefinition device, BarWindow bars) {
        boolean express = device.type().express();
        ConfigurationSpace space = new ConfigurationSpace(
                express ? ConfigurationSpace.EXTENDED : ConfigurationSpace.CONVENTIONAL);
        int pcie = express ? PcieCapability.OFFSET : 0;
        int capabilities = switch (device.kind()) {
            case EDU -> MsiCapability.OFFSET;
            case IOMMU -> SecureDeviceCapability.OFFSET;
            default -> pcie;
        };
        if (device.bridge()) {
            CommonHeader.write(space, device, CommonHeader.MEMORY | CommonHeader.BUS_MASTER, BridgeHeader.LAYOUT, 0,
                    capabilities);
            BridgeHeader.write(space, device, bars.below(device));
        } else {
            boolean edu = device.kind() == DeviceKind.EDU;
            CommonHeader.write(space, device, BarWindow.hasRegisters(device) ? CommonHeader.MEMORY : 0,
                    EndpointHeader.LAYOUT, edu ? EDU_REVISION : 0, capabilities);
            writeRegisters(space, device, bars, pcie);
        }
        if (express) {
            PcieCapability.write(space, device.type());
        }
        device.acs().ifPresent(acs -> AcsCapability.write(space, acs));
        return space;
    }

    private static void writeRegisters(ConfigurationSpace space, DeviceDefinition device, BarWindow bars, int next) {
        switch (device.kind()) {
            case EDU -> {
                EndpointHeader.write32BitBar(space, 0, bars.address(device), BarWindow.STEP);
                space.define8(CommonHeader.INTERRUPT_PIN, INTA, 0);
                MsiCapability.write(space, MsiCapability.OFFSET, next);
            }
            case DMAGEN -> EndpointHeader.write64BitBar(space, 0, bars.address(device), BarWindow.STEP);
            case IOMMU -> MsiCapability.write(space, SecureDeviceCapability.MESSAGES, 0);
            case BRIDGE, NONE -> { }
        }
    }
}
