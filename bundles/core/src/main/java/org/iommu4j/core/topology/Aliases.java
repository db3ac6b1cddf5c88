package org.iommu4j.core.topology;

import java.util.ArrayList;
import java.util.List;

/**
 * Under which requester ids a function's DMA reaches the root complex. A bridge between PCI Express and conventional
 * PCI takes ownership of what passes: on the conventional side there are no requester ids.
 */
final class Aliases {
    private final Hierarchy hierarchy;

    Aliases(Hierarchy hierarchy) {
        this.hierarchy = hierarchy;
    }

    /**
     * One bridge that stands for what lies behind it.
     *
     * @param requesterId that it issues their requests with
     */
    record Alias(Function bridge, int requesterId) {
    }

    /** The bridges that take ownership of a function's requests, bottom up. */
    List<Alias> of(Function function) {
        List<Alias> aliases = new ArrayList<>();
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
        return aliases;
    }

    /** Its own id first, then the aliases, bottom up, each once. */
    List<Integer> requesterIds(Function function) {
        List<Integer> ids = new ArrayList<>();
        ids.add(function.address().rid());
        for (Alias alias : of(function)) {
            if (!ids.contains(alias.requesterId())) {
                ids.add(alias.requesterId());
            }
        }
        return ids;
    }
}
