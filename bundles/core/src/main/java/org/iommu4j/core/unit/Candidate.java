package org.iommu4j.core.unit;

import org.iommu4j.api.driver.IommuDriver;
import org.osgi.framework.Version;

/**
 * A driver service that could be in charge.
 *
 * @param bundle symbolic name
 * @param serviceId unique for each registration, so a driver that comes back is another candidate
 */
public record Candidate(IommuDriver driver, String architecture, String bundle, Version version, long bundleId,
        long serviceId, int ranking) {

    /** Symbolic name and version, for people. */
    @Override
    public String toString() {
        return bundle + " " + version;
    }
}
