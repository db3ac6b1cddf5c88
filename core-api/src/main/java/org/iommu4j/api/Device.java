package org.iommu4j.api;

import org.iommu4j.api.machine.RegisterSpace;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One PCI function that issues DMA, published as a service by core with the properties {@link #MACHINE},
 * {@link #RID}, {@link #VENDOR}, {@link #DEVICE} and {@link #CLASS}. It stays registered across driver and model
 * swaps. Safe for use by any thread.
 */
@ProviderType
public interface Device {
    /** Service property of this and all per-machine services: the machine's name. */
    String MACHINE = "machine";
    /** Service property: the address as text, {@code ssss:bb:dd.f}. */
    String RID = "rid";
    /** Service property: PCI vendor id as an {@code Integer}. */
    String VENDOR = "pci.vendor";
    /** Service property: PCI device id as an {@code Integer}. */
    String DEVICE = "pci.device";
    /** Service property: PCI class code, 24 bits, as an {@code Integer}. */
    String CLASS = "pci.class";

    String machine();

    PciAddress address();

    /** PCI vendor id, 16 bits. */
    int vendorId();

    /** PCI device id, 16 bits. */
    int deviceId();

    /** Base class, sub-class, interface: 24 bits. */
    int classCode();

    IommuGroup group();

    /**
     * The memory behind a base address register.
     *
     * @param index 0 to 5
     * @throws IommuException {@link Reason#NO_DEVICE} if the function does not implement it
     */
    RegisterSpace bar(int index);
}
