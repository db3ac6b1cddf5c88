package org.iommu4j.hwsim.definition;

/** What a PCI function is to the bus; for PCI Express the device/port type of its capability. */
public enum PortType {
    /** PCI Express endpoint. */
    ENDPOINT("endpoint", 0x0),
    /** PCI Express endpoint with ways of conventional PCI. */
    LEGACY_ENDPOINT("legacy-endpoint", 0x1),
    /** Root complex integrated endpoint. */
    RCIEP("rciep", 0x9),
    ROOT_PORT("rootport", 0x4),
    /** A switch's port towards the root. */
    UPSTREAM("upstream", 0x5),
    /** A switch's port away from the root. */
    DOWNSTREAM("downstream", 0x6),
    PCIE_TO_PCI("pcie-to-pci", 0x7),
    PCI_TO_PCIE("pci-to-pcie", 0x8),
    /** Root complex event collector. */
    EVENT_COLLECTOR("event-collector", 0xa),
    /** Conventional PCI: no PCI Express capability. */
    PCI("pci", -1);

    private final String text;
    private final int code;

    PortType(String text, int code) {
        this.text = text;
        this.code = code;
    }

    /** As definitions write it. */
    public String text() {
        return text;
    }

    /** Device/port type, PCI Express Base 5.0 section 7.5.3.2; -1 for conventional PCI. */
    public int code() {
        return code;
    }

    public boolean express() {
        return code >= 0;
    }

    /** True for types that are bridges and nothing else. */
    public boolean bridgeOnly() {
        return switch (this) {
            case ROOT_PORT, UPSTREAM, DOWNSTREAM, PCIE_TO_PCI, PCI_TO_PCIE -> true;
            case ENDPOINT, LEGACY_ENDPOINT, RCIEP, EVENT_COLLECTOR, PCI -> false;
        };
    }
}
