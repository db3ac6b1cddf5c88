package org.iommu4j.core.topology;

import java.util.Optional;
import java.util.OptionalInt;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.PciFunction;

/**
 * One function as its configuration space describes it.
 *
 * @param multifunction true if the device has other functions
 * @param secondary bus behind a bridge; 0 for what is no bridge, or one that firmware has not set up
 * @param subordinate last bus behind a bridge, likewise
 * @param acs empty without that capability
 */
record Function(PciFunction port, int vendorId, int deviceId, int classCode, boolean multifunction, boolean bridge,
        int secondary, int subordinate, PortType type, Optional<Acs> acs) {
    private static final int MULTIFUNCTION = 1 << 7;
    private static final int NO_VENDOR = 0xFFFF;
    /** Offset of the PCI Express Capabilities register in its capability; the type is in bits 7:4. */
    private static final int PCIE_FLAGS = 2;
    private static final int ACS_CAPABILITY = 4;
    private static final int ACS_CONTROL = 6;
    private static final int WIDE_ACS_CONTROL = 8;

    /** @throws org.iommu4j.api.IommuException BAD_INPUT */
    static Function read(PciFunction port) {
        ConfigurationSpace space = new ConfigurationSpace(port);
        int vendor = space.half(ConfigurationSpace.VENDOR);
        int device = space.half(ConfigurationSpace.VENDOR + 2);
        if (vendor == NO_VENDOR) {
            throw space.malformed(ConfigurationSpace.VENDOR, "holds vendor %#x: there is no function", vendor);
        }
        boolean bridge = bridge(space);
        int secondary = bridge ? space.octet(ConfigurationSpace.SECONDARY) : 0;
        int subordinate = bridge ? space.octet(ConfigurationSpace.SUBORDINATE) : 0;
        checkBuses(space, port.address(), secondary, subordinate);
        PortType type = type(space);
        Optional<Acs> acs = type == PortType.CONVENTIONAL ? Optional.empty()
                : acs(space, Quirks.hasWideAcs(vendor, device, type));
        // Function 0 alone says whether there are others; another function is the proof that there are.
        boolean multifunction = port.address().function() > 0
                || (space.octet(ConfigurationSpace.HEADER_TYPE) & MULTIFUNCTION) != 0;
        return new Function(port, vendor, device, space.word(ConfigurationSpace.CLASS) >>> 8, multifunction, bridge,
                secondary, subordinate, type, acs);
    }

    PciAddress address() {
        return port.address();
    }

    private static boolean bridge(ConfigurationSpace space) {
        int layout = space.layout();
        return switch (layout) {
            case ConfigurationSpace.HEADER_ENDPOINT -> false;
            case ConfigurationSpace.HEADER_BRIDGE, ConfigurationSpace.HEADER_CARDBUS -> true;
            default -> throw space.malformed(ConfigurationSpace.HEADER_TYPE, "holds header type %d, limit is %d",
                    layout, ConfigurationSpace.HEADER_CARDBUS);
        };
    }

    private static void checkBuses(ConfigurationSpace space, PciAddress address, int secondary, int subordinate) {
        if (secondary != 0 && secondary <= address.bus()) {
            throw space.malformed(ConfigurationSpace.SECONDARY, "holds secondary bus %#04x, not above its own %#04x",
                    secondary, address.bus());
        }
        if (subordinate < secondary) {
            throw space.malformed(ConfigurationSpace.SUBORDINATE, "holds subordinate bus %#04x, below secondary %#04x",
                    subordinate, secondary);
        }
    }

    private static PortType type(ConfigurationSpace space) {
        OptionalInt at = space.capability(ConfigurationSpace.CAPABILITY_PCIE);
        if (at.isEmpty()) {
            return PortType.CONVENTIONAL;
        }
        int flags = at.getAsInt() + PCIE_FLAGS;
        int code = space.half(flags) >>> 4 & 0xF;
        return PortType.of(code).orElseThrow(() -> space.malformed(flags, "holds reserved port type %d", code));
    }

    private static Optional<Acs> acs(ConfigurationSpace space, boolean wide) {
        OptionalInt at = space.extendedCapability(ConfigurationSpace.EXTENDED_ACS);
        return at.isEmpty() ? Optional.empty() : Optional.of(new Acs(space.half(at.getAsInt() + ACS_CAPABILITY),
                space.half(at.getAsInt() + (wide ? WIDE_ACS_CONTROL : ACS_CONTROL))));
    }
}
