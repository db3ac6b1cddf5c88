package org.iommu4j.core.topology;

import java.util.List;
import java.util.function.Predicate;

/**
 * Functions that isolate their peers although configuration space does not say so, by their vendors' word. One row a
 * rule; the first that applies to a function decides.
 */
final class Quirks {
    private static final int INTEL = 0x8086;

    private static final List<Row> ROWS = List.of(
            // Intel's integrated endpoints reach a peer only through the unit, Linux: pci_quirk_rciep_acs.
            new Row(INTEL, function -> function.type() == PortType.INTEGRATED_ENDPOINT));

    private record Row(int vendorId, Predicate<Function> applies) {
    }

    private Quirks() {
    }

    /** True if a vendor vouches for the function. */
    static boolean isolates(Function function) {
        return ROWS.stream().anyMatch(row -> row.vendorId == function.vendorId() && row.applies.test(function));
    }
}
