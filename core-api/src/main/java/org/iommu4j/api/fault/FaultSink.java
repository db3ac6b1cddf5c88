package org.iommu4j.api.fault;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a driver reports the faults of one unit. Core keeps a bounded number of the newest and counts all of them.
 * Wait-free, allocates nothing; any thread.
 */
@ProviderType
public interface FaultSink {
    /** In place of a PASID where the request had none. */
    int NO_PASID = -1;

    /**
     * One refused transaction; the other parameters are those of {@link DmaFault}.
     *
     * @param id of the requester as the unit sees it
     * @param text a constant of the driver, kept by reference
     */
    void fault(int id, int pasid, long iova, int access, int code, String text);

    /** The unit had to drop faults, at least one, since its last report. */
    void overflow();
}
