package org.iommu4j.hwsim.definition;

import java.util.List;
import org.iommu4j.api.PciAddress;

/**
 * One IOMMU.
 *
 * @param name starts the names of its counters
 * @param model architecture, for example {@code vtd}
 * @param base physical address of its registers, multiple of 4 KiB
 * @param segment PCI segment that it serves
 * @param idBase what the unit sees is this plus the requester id: StreamIDs of an SMMU; else 0
 * @param wire number of the first of its {@link #WIRES} wired interrupts, as firmware tables give it; 0 if it has none
 * @param all true if it serves all of its segment that no other unit names: the definition gives no scopes
 * @param scopes functions it serves, and bridges with all below them
 * @param source where it was read; holds what only the model understands
 */
public record UnitDefinition(String name, String model, long base, int segment, int idBase, int wire,
                             boolean all, List<PciAddress> scopes, DefinitionNode source) {
    /** How many wired interrupts a unit has, if any. */
    public static final int WIRES = 4;

    public boolean hasWire(int line) {
        return wire != 0 && line >= wire && line < wire + WIRES;
    }
}
