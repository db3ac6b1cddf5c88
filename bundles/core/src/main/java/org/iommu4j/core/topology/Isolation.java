package org.iommu4j.core.topology;

/** Whether a function keeps its peers' requests, and its own, from going past the unit: Linux's pci_acs_enabled. */
final class Isolation {
    private final Hierarchy hierarchy;

    Isolation(Hierarchy hierarchy) {
        this.hierarchy = hierarchy;
    }

    /** True if the function itself isolates. */
    boolean isolates(Function function) {
        return gap(function).isEmpty();
    }

    /** True if a function and every bridge above it isolate: all it lets through reaches the unit. */
    boolean pathIsolates(Function function) {
        return pathGap(function).isEmpty();
    }

    /** Why the way up from a bridge does not isolate; empty if it does. */
    String pathGap(Function function) {
        if (!isolates(function)) {
            return function.address() + " " + gap(function);
        }
        for (Function bridge : hierarchy.path(function)) {
            if (!isolates(bridge)) {
                return bridge.address() + " " + gap(bridge);
            }
        }
        return "";
    }

    /** Why a function does not isolate, as the end of a sentence; empty if it does. */
    String gap(Function function) {
        if (Quirks.isolates(function)) {
            return "";
        }
        return switch (function.type()) {
            case CONVENTIONAL -> "is conventional PCI";
            case PCIE_TO_PCI, PCI_TO_PCIE -> "leads to conventional PCI";
            case EVENT_COLLECTOR -> "is an event collector, to which ACS does not apply";
            case ROOT_PORT, DOWNSTREAM -> acsGap(function);
            // PCI Express Base 6.0, 6.12.1: with one function there is no peer to be kept from.
            case ENDPOINT, LEGACY_ENDPOINT, UPSTREAM, INTEGRATED_ENDPOINT ->
                function.multifunction() ? acsGap(function) : "";
        };
    }

    private static String acsGap(Function function) {
        return function.acs()
                .map(acs -> acs.isolates() ? "" : "has ACS " + acs.missingNames() + " off")
                .orElse("has no ACS");
    }
}
