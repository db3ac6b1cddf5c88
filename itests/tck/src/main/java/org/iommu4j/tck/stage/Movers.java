package org.iommu4j.tck.stage;

import java.util.List;
import java.util.Objects;
import org.iommu4j.api.Device;

/** Knows devices that move data by their PCI ids. */
final class Movers {
    /** Vendor id of QEMU's devices for education; the DMA generator shares it. */
    private static final int VENDOR = 0x1234;
    private static final int EDU = 0x11e8;
    private static final int GENERATOR = 0x11e9;

    private Movers() {
    }

    static List<Mover> of(List<Device> devices) {
        return devices.stream().map(Movers::of).filter(Objects::nonNull).toList();
    }

    private static Mover of(Device device) {
        if (device.vendorId() != VENDOR) {
            return null;
        }
        return switch (device.deviceId()) {
            case EDU -> new EduMover(device);
            case GENERATOR -> new GeneratorMover(device);
            default -> null;
        };
    }
}
