package org.iommu4j.api.driver;

import java.util.List;
import org.iommu4j.api.ReservedRegion;

/**
 * A region that firmware keeps for certain requesters (RMRR, IVMD, RMR).
 *
 * @param scopes who uses it
 */
public record ReservedScope(ReservedRegion region, List<DeviceScope> scopes) {
    public ReservedScope {
        scopes = List.copyOf(scopes);
    }
}
