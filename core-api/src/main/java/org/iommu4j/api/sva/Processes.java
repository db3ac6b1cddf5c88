package org.iommu4j.api.sva;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The processes of one machine; a service a machine, with the property {@code machine}. When the machine leaves, all
 * processes end. Any thread.
 */
@ProviderType
public interface Processes {
    /** As the service property. */
    String machine();

    /**
     * A process without areas.
     *
     * @param name for people; not unique
     * @throws org.iommu4j.api.IommuException NO_MEMORY, NO_DEVICE (the machine has left)
     */
    UserProcess create(String name);

    /** The process of a number. @throws org.iommu4j.api.IommuException NO_DEVICE if there is none, or it has ended */
    UserProcess get(int id);

    /** Those that have not ended, in the order of their numbers. */
    List<UserProcess> list();
}
