package org.iommu4j.core.topology;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Where configuration space does not say how a function behaves, and its vendor's word does. One row a rule; a row
 * names a vendor, the types of port it is about and the devices, all of them if it names none. The lists are the facts
 * of Linux's {@code drivers/pci/quirks.c} and {@code drivers/pci/controller/vmd.c}.
 */
final class Quirks {
    private static final int INTEL = 0x8086;
    private static final int SOLARFLARE = 0x1924;

    private enum Kind {
        /** Keeps its peers' requests from going past the unit, with or without ACS. */
        ISOLATES,
        /** Its ACS registers are 32 bits wide each: capability at 4, control at 8. */
        WIDE_ACS,
        /** All DMA of a PCI domain of its own, numbered by software, carries its requester id. */
        OWNS_DOMAIN
    }

    private static final List<Row> ROWS = List.of(
            // pci_quirk_rciep_acs: Intel's integrated endpoints reach a peer only through the unit.
            row(Kind.ISOLATES, INTEL, EnumSet.of(PortType.INTEGRATED_ENDPOINT)),
            // pci_quirk_intel_pch_acs: root ports of platform hubs before Sunrise Point lack the capability, and
            // forward nothing between each other. Ibex Peak, Cougar Point, Panther Point, Lynx Point (H, LP), Wildcat
            // Point (LP, H), Patsburg, Wellsburg.
            row(Kind.ISOLATES, INTEL, EnumSet.of(PortType.ROOT_PORT), ids(0x3B42, 0x3B51), ids(0x1C10, 0x1C1F),
                    ids(0x1E10, 0x1E1F), ids(0x8C10, 0x8C1F), ids(0x9C10, 0x9C1B), ids(0x9C90, 0x9C9B),
                    ids(0x8C90, 0x8C9F), ids(0x1D10, 0x1D1F), ids(0x8D10, 0x8D1E)),
            // pci_quirk_mf_endpoint_acs: the functions of these network controllers do not reach each other.
            // 82575, 82576, 82580, 82598 and 82599, I350.
            row(Kind.ISOLATES, INTEL, EnumSet.of(PortType.ENDPOINT), id(0x10A7), id(0x10A9), id(0x10D6), id(0x10C9),
                    ids(0x10E6, 0x10E8), id(0x150A), id(0x150D), id(0x1518), id(0x1526), id(0x1509),
                    ids(0x150E, 0x1511), id(0x1516), id(0x1527), id(0x10C6), id(0x10DB), id(0x10DD), id(0x10E1),
                    id(0x10F1), ids(0x10F7, 0x10FC), id(0x1507), id(0x1514), id(0x151C), ids(0x1529, 0x152A),
                    id(0x154D), id(0x154F), id(0x1551), id(0x1558), ids(0x1521, 0x1524)),
            row(Kind.ISOLATES, SOLARFLARE, EnumSet.of(PortType.ENDPOINT), id(0x0903), id(0x0923), id(0x0A03)),
            // pci_quirk_intel_spt_pch_acs: Sunrise Point, Union Point, and the mobile parts of their time.
            row(Kind.WIDE_ACS, INTEL, EnumSet.of(PortType.ROOT_PORT), ids(0xA110, 0xA11F), ids(0xA167, 0xA16A),
                    ids(0xA290, 0xA29F), ids(0xA2E7, 0xA2EE), ids(0x9D10, 0x9D1B)),
            // pci_real_dma_dev: Volume Management Devices.
            row(Kind.OWNS_DOMAIN, INTEL, EnumSet.allOf(PortType.class), id(0x201D), id(0x28C0), id(0x467F),
                    id(0x4C3D), id(0x7D0B), id(0x9A0B), id(0xA77F), id(0xAD0B), id(0xB06F), id(0xB60B)));

    /** Device ids from one to another, both included. */
    private record Ids(int first, int last) {
    }

    private record Row(Kind kind, int vendorId, Set<PortType> types, List<Ids> devices) {
        boolean applies(int vendor, int device, PortType type) {
            return vendor == vendorId && types.contains(type) && (devices.isEmpty()
                    || devices.stream().anyMatch(ids -> ids.first <= device && device <= ids.last));
        }
    }

    private Quirks() {
    }

    /** True if a vendor vouches that the function isolates. */
    static boolean isolates(Function function) {
        return any(Kind.ISOLATES, function.vendorId(), function.deviceId(), function.type());
    }

    /** True if the function's ACS registers are 32 bits wide each. */
    static boolean hasWideAcs(int vendorId, int deviceId, PortType type) {
        return any(Kind.WIDE_ACS, vendorId, deviceId, type);
    }

    /** True if a PCI domain numbered by software lies behind the function. */
    static boolean ownsDomain(Function function) {
        return any(Kind.OWNS_DOMAIN, function.vendorId(), function.deviceId(), function.type());
    }

    private static boolean any(Kind kind, int vendorId, int deviceId, PortType type) {
        return ROWS.stream().anyMatch(row -> row.kind == kind && row.applies(vendorId, deviceId, type));
    }

    private static Row row(Kind kind, int vendorId, Set<PortType> types, Ids... devices) {
        return new Row(kind, vendorId, types, Arrays.asList(devices));
    }

    private static Ids ids(int first, int last) {
        return new Ids(first, last);
    }

    private static Ids id(int only) {
        return new Ids(only, only);
    }
}
