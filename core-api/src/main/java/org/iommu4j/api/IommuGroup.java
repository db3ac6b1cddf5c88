package org.iommu4j.api;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The devices that cannot be told apart, and so share every change of domain. Safe for use by any thread; lists are
 * snapshots.
 */
@ProviderType
public interface IommuGroup {
    /** Numbered from 0 in the order of discovery, unique in its machine. */
    int id();

    /** Sorted by address, never empty. */
    List<Device> devices();

    /** The domain in force. */
    Domain domain();

    /** The domain that the group is in when no client has attached another. */
    Domain defaultDomain();

    /** Ranges of IOVA that cannot be used freely, sorted by start. */
    List<ReservedRegion> reservedRegions();

    /**
     * True if no device of the group can raise an interrupt that was not given to it. Where it is false, a group is
     * claimed only if core's configuration says {@code allow_unsafe_interrupts}. Asks the units' driver, and so waits
     * while they are handed over.
     *
     * @throws IommuException {@link Reason#DRIVER_GONE}
     */
    boolean isolatedMsi();

    /** Why these devices are together; one sentence a rule that joined them, empty for a device alone. */
    List<String> reasons();
}
