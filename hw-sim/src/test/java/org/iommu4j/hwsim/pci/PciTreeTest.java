package org.iommu4j.hwsim.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineReader;
import org.junit.jupiter.api.Test;

class PciTreeTest {
    private static final String ROOT_PORT = bridge("00:1c.0", "rootport", 1, 4);

    @Test
    void expressPortsForwardTheRequesterId() {
        PciTree tree = tree(ROOT_PORT, bridge("01:00.0", "upstream", 2, 4), bridge("02:01.0", "downstream", 3, 3),
                device("03:00.1", "endpoint"));
        assertEquals(0x0301, rid(tree, "03:00.1"));
        assertEquals(0x00e0, rid(tree, "00:1c.0"));
    }

    @Test
    void aBridgeFromExpressToPciPutsItsSecondaryBusInPlace() {
        PciTree tree = tree(ROOT_PORT, bridge("01:00.0", "pcie-to-pci", 2, 3), device("02:05.1", "pci"),
                bridge("02:06.0", "pci", 3, 3), device("03:07.0", "pci"));
        assertEquals(0x0200, rid(tree, "02:05.1"));
        assertEquals(0x0200, rid(tree, "03:07.0"), "the topmost bridge counts");
        assertEquals(0x0100, rid(tree, "01:00.0"), "the bridge itself uses its own");
    }

    @Test
    void aConventionalBridgePutsItsOwnIdInPlace() {
        PciTree tree = tree(bridge("00:1e.0", "pci", 1, 2), device("01:05.0", "pci"), bridge("01:06.0", "pci", 2, 2),
                device("02:01.3", "pci"));
        assertEquals(0x00f0, rid(tree, "01:05.0"));
        assertEquals(0x00f0, rid(tree, "02:01.3"));
        assertEquals(0x00f0, rid(tree, "00:1e.0"));
    }

    @Test
    void aConventionalDeviceOnARootBusUsesItsOwnId() {
        assertEquals(0x00f9, rid(tree(device("00:1f.1", "pci")), "00:1f.1"));
    }

    @Test
    void segmentsAreSeparateHierarchies() {
        PciTree tree = tree(ROOT_PORT, device("0001:01:00.0", "endpoint"));
        assertEquals(1, tree.path(tree.at(PciAddress.parse("0001:01:00.0"))).size());
    }

    @Test
    void bridgesThatContradictEachOtherAreRefused() {
        assertRefused("devices[0].subordinate = 4 is not within 0 to 0", bridge("00:1c.0", "rootport", 0, 4));
        assertRefused("devices[0].secondary = 1 is not above the bridge's own bus 1", bridge("01:00.0", "pci", 1, 4));
        assertRefused("secondary = 1 to subordinate 4 overlaps buses 4 to 5 of 0000:00:1d.0",
                ROOT_PORT, bridge("00:1d.0", "rootport", 4, 5));
        assertRefused("overlaps buses", ROOT_PORT, bridge("01:00.0", "upstream", 2, 5));
        assertRefused("devices[1].address = \"02:00.0\" is on bus 2 of 0000:00:1c.0, to which no bridge leads",
                ROOT_PORT, device("02:00.0", "endpoint"));
        assertRefused("is on a conventional PCI bus, where only type pci can sit",
                bridge("00:1e.0", "pci", 1, 1), device("01:00.0", "endpoint"));
    }

    private static void assertRefused(String message, String... devices) {
        IommuException e = assertThrows(IommuException.class, () -> tree(devices));
        assertEquals(Reason.BAD_INPUT, e.reason());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    private static int rid(PciTree tree, String address) {
        return tree.requesterId(tree.at(PciAddress.parse(address)));
    }

    private static String bridge(String address, String type, int secondary, int subordinate) {
        return "{\"address\": \"%s\", \"kind\": \"bridge\", \"type\": \"%s\", \"secondary\": %d, \"subordinate\": %d}"
                .formatted(address, type, secondary, subordinate);
    }

    private static String device(String address, String type) {
        return "{\"address\": \"%s\", \"type\": \"%s\"}".formatted(address, type);
    }

    private static PciTree tree(String... devices) {
        return new PciTree(MachineReader.read(DefinitionNode.parse("test", """
                {"name": "m", "physicalAddressBits": 39, "ram": [{"start": 0, "length": "0x1000"}],
                 "devices": [%s]}""".formatted(String.join(",", devices)))).devices());
    }
}
