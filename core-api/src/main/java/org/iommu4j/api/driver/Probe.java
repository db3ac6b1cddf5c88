package org.iommu4j.api.driver;

import java.util.List;

/**
 * What firmware says of a machine's units.
 *
 * @param units in the order of the tables
 * @param reserved regions that firmware wants for certain devices
 * @param warnings what is odd in the tables but can be lived with, one sentence each
 */
public record Probe(List<UnitDescription> units, List<ReservedScope> reserved, List<String> warnings) {
    public Probe {
        units = List.copyOf(units);
        reserved = List.copyOf(reserved);
        warnings = List.copyOf(warnings);
    }
}
