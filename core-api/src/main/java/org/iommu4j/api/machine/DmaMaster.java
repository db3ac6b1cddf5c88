package org.iommu4j.api.machine;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Something that issues DMA: a PCI function or a platform device. The switch is core's last resort when a unit has
 * nobody in charge, and its way to pause a device for an update that the architecture cannot do otherwise.
 */
@ConsumerType
public interface DmaMaster {
    /**
     * Lets the device issue transactions, or stops it. When a call with {@code false} has returned, every transaction
     * issued before has completed and no other is issued; what the device has still to do waits.
     */
    void enable(boolean on);
}
