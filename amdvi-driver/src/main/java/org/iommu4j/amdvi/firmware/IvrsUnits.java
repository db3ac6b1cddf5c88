package org.iommu4j.amdvi.firmware;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.PciAddress;

/** Which block counts for each unit: several of different types describe one, and the highest type knows most. */
final class IvrsUnits {
    private IvrsUnits() {
    }

    /** The block of the highest type for each unit, in the order in which the table first names them. */
    static List<IvrsTable.Ivhd> best(IvrsTable table) {
        Map<PciAddress, IvrsTable.Ivhd> best = new LinkedHashMap<>();
        for (IvrsTable.Ivhd block : table.units()) {
            best.merge(new PciAddress(block.segment(), block.id()), block,
                    (one, other) -> other.type() > one.type() ? other : one);
        }
        return new ArrayList<>(best.values());
    }
}
