package org.iommu4j.core.status;

import java.util.Optional;
import org.iommu4j.core.domain.Translation;
import org.iommu4j.core.fault.FaultRing;
import org.iommu4j.core.unit.Units;

/**
 * What there is to report of one machine.
 *
 * @param translation empty until a driver has read the firmware tables
 */
public record MachineStatus(Units units, Optional<Translation> translation, FaultRing faults) {
    String name() {
        return units.machine().name();
    }
}
