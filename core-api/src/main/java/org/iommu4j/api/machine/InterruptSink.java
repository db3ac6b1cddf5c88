package org.iommu4j.api.machine;

import org.osgi.annotation.versioning.ProviderType;

/** Where a machine sends its interrupts. Wait-free, allocates nothing; handlers run later, on core's threads. */
@ProviderType
public interface InterruptSink {
    /** @param vector 0 to {@link Machine#vectors()} less one; one that nobody has asked for is counted and dropped */
    void interrupt(int vector);
}
