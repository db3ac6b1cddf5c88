package org.iommu4j.core.topology;

import java.util.Arrays;
import java.util.Optional;

/** What a function is in a PCI Express hierarchy: Device/Port Type (PCI Express Base 6.0, 7.5.3.2). */
enum PortType {
    ENDPOINT(0),
    LEGACY_ENDPOINT(1),
    ROOT_PORT(4),
    UPSTREAM(5),
    DOWNSTREAM(6),
    PCIE_TO_PCI(7),
    PCI_TO_PCIE(8),
    INTEGRATED_ENDPOINT(9),
    EVENT_COLLECTOR(10),
    /** No PCI Express capability: conventional PCI or PCI-X. */
    CONVENTIONAL(-1);

    private final int code;

    PortType(int code) {
        this.code = code;
    }

    /** The type of a code that the capability holds, 0 to 15; empty for a reserved one. */
    static Optional<PortType> of(int code) {
        return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
    }
}
