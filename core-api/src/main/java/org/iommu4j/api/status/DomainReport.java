package org.iommu4j.api.status;

import java.util.List;
import org.iommu4j.api.DomainType;

/**
 * One domain at this moment.
 *
 * @param groups ids of the groups that are in it
 */
public record DomainReport(String machine, long id, DomainType type, long lastIova, long pageSizes,
        List<Integer> groups) {
    public DomainReport {
        groups = List.copyOf(groups);
    }
}
