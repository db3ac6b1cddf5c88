package org.iommu4j.api.machine;

import org.iommu4j.api.PciAddress;
import org.osgi.annotation.versioning.ConsumerType;

/** One PCI function: configuration space and base address registers. Any thread. */
@ConsumerType
public interface PciFunction extends DmaMaster {
    PciAddress address();

    /** Bytes of configuration space: 256 or 4096. */
    int configurationLength();

    /** @param offset multiple of 4 */
    int readConfiguration(int offset);

    /** @param offset multiple of 4 */
    void writeConfiguration(int offset, int value);

    /**
     * The memory behind a base address register.
     *
     * @param index 0 to 5
     * @throws org.iommu4j.api.IommuException NO_DEVICE if the function does not implement it
     */
    RegisterSpace bar(int index);
}
