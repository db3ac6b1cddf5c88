package org.iommu4j.hwsim.amdvi;

import org.iommu4j.hwsim.machine.MessageSink;
import org.iommu4j.hwsim.pci.ConfigurationSpace;
import org.iommu4j.hwsim.pci.MsiCapability;
import org.iommu4j.hwsim.pci.SecureDeviceCapability;

/**
 * The unit's own PCI function, as far as the unit needs it: its interrupt. AMD 48882 section 3.3. A unit whose machine
 * shows no such function has no interrupt. Any thread.
 */
final class AmdFunction {
    private final MessageSink messages;
    private volatile ConfigurationSpace configuration;

    AmdFunction(MessageSink messages) {
        this.messages = messages;
    }

    void attach(ConfigurationSpace space) {
        configuration = space;
    }

    /** Sends the message of the event log and of completion waits, if messages are enabled. */
    void interrupt() {
        ConfigurationSpace space = configuration;
        if (space != null && MsiCapability.enabled(space, SecureDeviceCapability.MESSAGES)) {
            messages.message(MsiCapability.address(space, SecureDeviceCapability.MESSAGES),
                    MsiCapability.data(space, SecureDeviceCapability.MESSAGES));
        }
    }
}
