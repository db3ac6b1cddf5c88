package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.List;

/**
 * Under which requester ids a function's DMA reaches the root complex. A bridge between PCI Express and conventional
 * PCI takes ownership of what passes: on the conventional side there are no requester ids. So does an endpoint that
 * owns a PCI domain.
 */
final class Aliases {
    /** PCI Firmware's segments end at 0xFFFF. */
    static final int FIRST_OWNED_DOMAIN = 0x10000;

    private final Hierarchy hierarchy;

    Aliases(Hierarchy hierarchy) {
        this.hierarchy = hierarchy;
    }

    /**
     * One bridge, or owner of a domain, that stands for what lies behind it.
     *
     * @param requesterId that it issues their requests with
     */
    record Alias(Function bridge, int requesterId) {
    }

    /**
     * The function whose DMA a function's requests are to the root complex: itself, or the endpoint that owns its PCI
     * domain. Software numbers those domains from {@value #FIRST_OWNED_DOMAIN} on, in the order of their endpoints.
     */
    Function dmaDevice(Function function) {
        int domain = function.address().segment() - FIRST_OWNED_DOMAIN;
        return domain < 0 ? function
                : hierarchy.functions().stream().filter(Quirks::ownsDomain).skip(domain).findFirst().orElse(function);
    }

    /** The functions that take ownership of a function's requests, bottom up. */
    List<Alias> of(Function function) {
        Function dmaDevice = dmaDevice(function);
        List<Alias> aliases = new ArrayList<>();
        if (dmaDevice != function) {
            aliases.add(new Alias(dmaDevice, dmaDevice.address().rid()));
        }
        addBridges(dmaDevice, aliases);
        return aliases;
    }

    private void addBridges(Function function, List<Alias> aliases) {
        for (Function bridge : hierarchy.path(function)) {
            switch (bridge.type()) {
                case ROOT_PORT, UPSTREAM, DOWNSTREAM -> {
                    // passes requests on unchanged
                }
                // PCI Express to PCI/PCI-X Bridge 1.0, 2.3: the secondary bus number, device and function 0.
                case PCIE_TO_PCI -> aliases.add(new Alias(bridge, bridge.secondary() << 8));
                case PCI_TO_PCIE, CONVENTIONAL -> aliases.add(new Alias(bridge, bridge.address().rid()));
                default -> {
                    // an endpoint with a bridge's header, as Linux: no alias
                }
            }
        }
    }

    /** Its own id, or that of the endpoint that owns its domain, first, then the aliases, bottom up, each once. */
    List<Integer> requesterIds(Function function) {
        List<Integer> ids = new ArrayList<>();
        ids.add(dmaDevice(function).address().rid());
        for (Alias alias : of(function)) {
            if (!ids.contains(alias.requesterId())) {
                ids.add(alias.requesterId());
            }
        }
        return ids;
    }
}
