package org.iommu4j.hwsim.firmware;

import java.util.List;
import java.util.Optional;
import org.iommu4j.api.PciAddress;

/** The register files that a board must have so that it fits a firmware table. */
public interface TableUnits {
    /**
     * One unit.
     *
     * @param idBase what the unit sees is this plus the requester id
     * @param all true if it serves all of its segment that no other unit names
     * @param scopes those functions and bridges it names that exist
     * @param function its own function on PCI, if it has one
     */
    record Placed(long base, int segment, int idBase, boolean all, List<PciAddress> scopes,
            Optional<PciAddress> function) {
    }

    /** In the order of the table. */
    List<Placed> placed();

    /** Bits of a physical address, 32 to 52. */
    int physicalAddressBits();
}
