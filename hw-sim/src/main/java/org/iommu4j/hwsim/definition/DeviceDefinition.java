package org.iommu4j.hwsim.definition;

import java.util.Optional;
import org.iommu4j.api.PciAddress;

/**
 * One PCI function.
 *
 * @param classCode 24 bits: base class, sub-class, programming interface
 * @param secondary first bus below a bridge, 1 to 255; 0 for what is no bridge
 * @param subordinate last bus below a bridge
 * @param channels of a DMA generator, 1 to 15; 0 for what is none
 * @param source where it was read, for refusals
 */
public record DeviceDefinition(PciAddress address, DeviceKind kind, PortType type, int vendor, int device,
                               int classCode, boolean multifunction, int secondary, int subordinate,
                               Optional<AcsDefinition> acs, int channels, DefinitionNode source) {

    public boolean bridge() {
        return kind == DeviceKind.BRIDGE;
    }

    /** True if this is a bridge and the bus lies below it. */
    public boolean leadsTo(int segment, int bus) {
        return bridge() && address.segment() == segment && secondary <= bus && bus <= subordinate;
    }
}
