package org.iommu4j.replay.play;

import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;

/** Why a mapping cannot be made at the address that the trace has chosen. */
final class Unfit {
    private Unfit() {
    }

    /** In words, or null if it can be made. */
    static String chosen(Mapping mapping, Domain domain, IommuGroup group) {
        long last = mapping.iova + mapping.length - 1;
        if (Long.compareUnsigned(last, domain.lastIova()) > 0) {
            return String.format("IOVA %#x + %#x is beyond the domain's last, %#x", mapping.iova, mapping.length,
                    domain.lastIova());
        }
        return group.reservedRegions().stream().filter(region -> region.overlaps(mapping.iova, last)).findFirst()
                .map(region -> String.format("IOVA %#x is in the reserved region %s", mapping.iova, region))
                .orElse(null);
    }
}
