package org.iommu4j.api.driver;

import java.util.List;

/**
 * One unit as firmware describes it. Its identity is the machine and {@code registerBase}.
 *
 * @param name short, unique in the machine, for example {@code dmar0}
 * @param registerBase physical address of its registers
 * @param scopes the requesters that it serves; where several units claim one, the narrower scope wins
 */
public record UnitDescription(String name, long registerBase, List<DeviceScope> scopes) {
    public UnitDescription {
        scopes = List.copyOf(scopes);
    }
}
