package org.iommu4j.api.driver;

import java.util.List;
import org.iommu4j.api.ReservedRegion;

/**
 * One unit as firmware describes it. Its identity is the machine and {@code registerBase}.
 *
 * @param name short, unique in the machine, for example {@code dmar0}
 * @param registerBase physical address of its registers
 * @param scopes the requesters that it serves; where several units claim one, the narrower scope wins
 * @param reserved what the architecture keeps from every requester of the unit: interrupt messages
 */
public record UnitDescription(String name, long registerBase, List<DeviceScope> scopes,
        List<ReservedRegion> reserved) {
    public UnitDescription {
        scopes = List.copyOf(scopes);
        reserved = List.copyOf(reserved);
    }

    /** A unit that keeps nothing for itself. */
    public UnitDescription(String name, long registerBase, List<DeviceScope> scopes) {
        this(name, registerBase, scopes, List.of());
    }
}
