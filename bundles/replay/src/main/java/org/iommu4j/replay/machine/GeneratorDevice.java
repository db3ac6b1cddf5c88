package org.iommu4j.replay.machine;

import org.iommu4j.api.Device;

/** How a DMA generator is known by its PCI ids. */
public final class GeneratorDevice {
    /** Vendor id that no member of the PCI-SIG holds; QEMU's educational devices have it. */
    static final int VENDOR = 0x1234;
    /** Next to the device id of {@code edu}. */
    static final int DEVICE = 0x11E9;

    private GeneratorDevice() {
    }

    public static boolean is(Device device) {
        return device.vendorId() == VENDOR && device.deviceId() == DEVICE;
    }
}
