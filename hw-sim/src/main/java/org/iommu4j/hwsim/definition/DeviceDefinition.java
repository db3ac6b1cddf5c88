package org.iommu4j.hwsim.definition;

import java.util.Optional;
import org.iommu4j.api.PciAddress;

/**
 * One PCI function.
 *
 * @param classCode 24 bits: base class, sub-class, programming interface
 * @param secondary first bus below a bridge, 1 to 255; 0 for what is no bridge, or one that is not set up
 * @param subordinate last bus below a bridge
 * @param channels of a DMA generator, 1 to 15; 0 for what is none
 * @param configuration the bytes of its configuration space at power on; empty if they follow from the rest
 * @param source where it was read, for refusals
 */
public record DeviceDefinition(PciAddress address, DeviceKind kind, PortType type, int vendor, int device,
                               int classCode, boolean multifunction, int secondary, int subordinate,
                               Optional<AcsDefinition> acs, int channels, Optional<ConfigurationBytes> configuration,
                               DefinitionNode source) {

    /** True if this is what a real machine shows, which may be odd. */
    public boolean captured() {
        return configuration.isPresent() || source.flag("captured", false);
    }

    /** Name of the IOMMU whose own function this is. */
    public Optional<String> unit() {
        return kind == DeviceKind.IOMMU ? Optional.of(source.text("unit")) : Optional.empty();
    }

    public boolean bridge() {
        return kind == DeviceKind.BRIDGE;
    }

    /** True if this is a bridge and the bus lies below it. */
    public boolean leadsTo(int segment, int bus) {
        return bridge() && secondary != 0 && address.segment() == segment && secondary <= bus && bus <= subordinate;
    }
}
