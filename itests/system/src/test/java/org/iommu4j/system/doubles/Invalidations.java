package org.iommu4j.system.doubles;

import java.util.function.Supplier;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Vendor;

/** Drivers of one vendor that leave out one kind of invalidation. */
public interface Invalidations {
    static Invalidations of(Vendor vendor) {
        return of(vendor, vendor::driver);
    }

    /** Of the drivers that a mode is for. */
    static Invalidations of(Mode mode) {
        return of(mode.vendor(), mode::driver);
    }

    private static Invalidations of(Vendor vendor, Supplier<IommuDriver> driver) {
        return switch (vendor) {
            case VTD -> new VtdInvalidations();
            case SMMUV3 -> new SmmuInvalidations();
            case AMDVI -> new AmdInvalidations(driver);
        };
    }

    /** Pages that were unmapped stay in the IOTLB. */
    IommuDriver withoutIotlbOfPages();

    /** Pages of a domain that a requester has left stay in the IOTLB. */
    IommuDriver withoutIotlbOfDomain();

    /** Changed entries of requesters stay in the cache. */
    IommuDriver withoutEntryOfRequester();

    /** What a former driver has left in any cache stays there when a unit is started. */
    IommuDriver withoutGlobal();

    /** Pointers to tables that were freed stay in the walk cache: the driver says that only leaves have changed. */
    IommuDriver sayingLeavesOnly();

    /** Nothing is waited for. */
    IommuDriver withoutWaiting();
}
