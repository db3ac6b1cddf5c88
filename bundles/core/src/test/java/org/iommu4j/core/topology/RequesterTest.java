package org.iommu4j.core.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.UnitDescription;
import org.junit.jupiter.api.Test;

/** Requester ids, and what firmware's scopes make of them. */
class RequesterTest {
    private static final ReservedRegion REGION =
            new ReservedRegion(0x7B80_0000L, 0x7FFF_FFFFL, ReservedRegion.Kind.DIRECT_RELAXABLE);

    private final Board board = new Board();

    private static Node node(Topology topology, String address) {
        return topology.node(PciAddress.parse(address)).orElseThrow();
    }

    private static UnitDescription unit(String name, DeviceScope... scopes) {
        return new UnitDescription(name, 0xFED9_0000L, List.of(scopes));
    }

    private static Probe units(UnitDescription... units) {
        return new Probe(List.of(units), List.of(), List.of());
    }

    /** Root port to bus 4, bridge to conventional bus 5, conventional bridge to bus 6. */
    private void conventionalBuses() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 4, 6);
        board.add("04:00.0").pcie(Board.PCIE_TO_PCI).bridge(4, 5, 6);
        board.add("05:01.0").bridge(5, 6, 6);
        board.add("06:02.0");
    }

    @Test
    void identityIsReadFromConfigurationSpace() {
        // 7.5.1.1: vendor 8086, device 10d3, revision 1, class 02 00 00.
        board.add("00:03.0").put(0x00, 0x86, 0x80, 0xD3, 0x10).put(0x08, 0x01, 0x00, 0x00, 0x02);
        Node node = board.topology().nodes().get(0);
        assertEquals(List.of(0x8086, 0x10D3, 0x020000),
                List.of(node.vendorId(), node.deviceId(), node.classCode()));
    }

    @Test
    void aPcieFunctionHasItsOwnIdAlone() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 3);
        board.add("01:00.0").pcie(Board.UPSTREAM).bridge(1, 2, 3);
        board.add("02:05.0").pcie(Board.DOWNSTREAM).bridge(2, 3, 3);
        board.add("03:00.0").pcie(Board.ENDPOINT);
        assertEquals(List.of(0x0300), node(board.topology(), "03:00.0").requesterIds());
    }

    @Test
    void bridgesToConventionalPciAddTheirAliasesBottomUp() {
        conventionalBuses();
        Topology topology = board.topology();
        assertEquals(List.of(0x0400), node(topology, "04:00.0").requesterIds());
        assertEquals(List.of(0x0508, 0x0500), node(topology, "05:01.0").requesterIds());
        assertEquals(List.of(0x0610, 0x0508, 0x0500), node(topology, "06:02.0").requesterIds());
    }

    @Test
    void idsThatFirmwareGivesAnAliasComeWithBothAndShareItsGroup() {
        board.add("00:04.0");
        board.add("00:14.5");
        board.add("10:00.0");
        board.add("11:00.0");
        board.add("12:00.0");
        Topology topology = board.topology(units(unit("ivhd0", DeviceScope.range(0, 0, 0xffff, 0),
                DeviceScope.alias(0, 0x1000, 0x11ff, 0x00a5), DeviceScope.alias(0, 0x1200, 0x12ff, 0x0777))));
        assertEquals(List.of(0x1000, 0x00a5), node(topology, "10:00.0").requesterIds());
        assertEquals(List.of(0x1000, 0x00a5), node(topology, "10:00.0").unitIds());
        assertEquals(List.of(0x00a5), node(topology, "00:14.5").unitIds());
        int group = node(topology, "00:14.5").group();
        assertEquals(group, node(topology, "10:00.0").group());
        assertEquals(group, node(topology, "11:00.0").group());
        assertTrue(node(topology, "00:04.0").group() != group);
        assertTrue(node(topology, "12:00.0").group() != group);
        assertEquals(List.of("0000:10:00.0 issues requests as requester id 0x00a5, as 0000:00:14.5 does",
                "0000:11:00.0 issues requests as requester id 0x00a5, as 0000:00:14.5 does"),
                topology.groups().get(group).reasons());
    }

    @Test
    void idsThatAUnitSeesAsOneAreOneGroupWithThatIdAlone() {
        board.add("00:04.0");
        board.add("10:00.0");
        Topology topology = board.topology(units(unit("smmu0", DeviceScope.merged(0, 0, 0xffff, 0x7_0005))));
        assertEquals(List.of(0x7_0005), node(topology, "00:04.0").unitIds());
        assertEquals(List.of(0x7_0005), node(topology, "10:00.0").unitIds());
        assertEquals(node(topology, "00:04.0").group(), node(topology, "10:00.0").group());
    }

    @Test
    void aBridgeFromPciToPcieIssuesRequestsAsItself() {
        board.add("00:02.0").pcie(Board.PCI_TO_PCIE).bridge(0, 1, 1);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        assertEquals(List.of(0x0100, 0x0010), node(board.topology(), "01:00.0").requesterIds());
    }

    @Test
    void anAliasThatIsTheOwnIdIsNotRepeated() {
        board.add("04:00.0").pcie(Board.PCIE_TO_PCI).bridge(4, 5, 5);
        board.add("05:00.0");
        assertEquals(List.of(0x0500), node(board.topology(), "05:00.0").requesterIds());
    }

    @Test
    void aPathOfSeveralHopsFollowsSecondaryBuses() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 8, 9);
        board.add("08:00.0").pcie(Board.PCIE_TO_PCI).bridge(8, 9, 9);
        board.add("09:02.1");
        Topology topology = board.topology(units(
                unit("dmar0", DeviceScope.function(0, 0, List.of(0xE0, 0x00, 0x11))),
                unit("dmar1", DeviceScope.segment(0))));
        assertEquals(0, node(topology, "09:02.1").unit());
        assertEquals(1, node(topology, "08:00.0").unit());
        assertEquals(List.of(), topology.warnings());
    }

    @Test
    void theNarrowerScopeWinsWhateverTheOrderOfUnits() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 2);
        board.add("01:00.0").pcie(Board.ENDPOINT).multifunction();
        board.add("01:00.1").pcie(Board.ENDPOINT);
        board.add("00:02.0").pcie(Board.ENDPOINT);
        board.add("00:1f.0").pcie(Board.ENDPOINT);
        Topology topology = board.topology(units(
                unit("segment", DeviceScope.segment(0)),
                unit("range", DeviceScope.range(0, 0x0010, 0x01FF, 0x0010)),
                unit("hierarchy", DeviceScope.hierarchy(0, 0, List.of(0xE0))),
                unit("function", DeviceScope.function(0, 1, List.of(0x01)))));
        assertEquals(3, node(topology, "01:00.1").unit());
        assertEquals(2, node(topology, "01:00.0").unit());
        assertEquals(2, node(topology, "00:1c.0").unit());
        assertEquals(1, node(topology, "00:02.0").unit());
        assertEquals(1, node(topology, "00:1f.0").unit());
    }

    @Test
    void theNarrowerOfTwoHierarchiesWins() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 3);
        board.add("01:00.0").pcie(Board.UPSTREAM).bridge(1, 2, 3);
        board.add("02:00.0").pcie(Board.ENDPOINT);
        Topology topology = board.topology(units(
                unit("outer", DeviceScope.hierarchy(0, 0, List.of(0xE0))),
                unit("inner", DeviceScope.hierarchy(0, 0, List.of(0xE0, 0x00)))));
        assertEquals(0, node(topology, "00:1c.0").unit());
        assertEquals(1, node(topology, "01:00.0").unit());
        assertEquals(1, node(topology, "02:00.0").unit());
    }

    @Test
    void theFirstOfTwoEqualClaimsWinsWithAWarning() {
        board.add("00:02.0");
        Topology topology = board.topology(units(unit("a", DeviceScope.segment(0)), unit("b", DeviceScope.segment(0))));
        assertEquals(0, node(topology, "00:02.0").unit());
        assertEquals(List.of("0000:00:02.0 is claimed by units a and b alike; the first one serves it"),
                topology.warnings());
    }

    @Test
    void aScopeThatLeadsNowhereIsAWarning() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 0, 0);
        board.add("00:02.0");
        Topology topology = board.topology(Board.probe(
                DeviceScope.function(0, 0, List.of(0xF8)),
                DeviceScope.function(0, 0, List.of(0xE0, 0x00)),
                DeviceScope.function(0, 0, List.of(0x10, 0x00)),
                DeviceScope.function(0, 0, List.of())));
        assertEquals(List.of(
                "unit dmar0 names path 1f.0 from bus 0000:00, which leads nowhere: "
                        + "there is no function at 0000:00:1f.0",
                "unit dmar0 names path 1c.0 00.0 from bus 0000:00, which leads nowhere: "
                        + "0000:00:1c.0 is no bridge that leads to a bus",
                "unit dmar0 names path 02.0 00.0 from bus 0000:00, which leads nowhere: "
                        + "0000:00:02.0 is no bridge that leads to a bus",
                "unit dmar0 names path from bus 0000:00, which leads nowhere: its path is empty"),
                topology.warnings());
    }

    @Test
    void withoutAUnitThereIsNoGroup() {
        board.add("00:02.0");
        board.add("00:03.0");
        Topology topology = board.topology(Board.probe(DeviceScope.function(0, 0, List.of(0x18))));
        Node unserved = node(topology, "00:02.0");
        assertEquals(List.of(Node.NONE, Node.NONE), List.of(unserved.unit(), unserved.group()));
        assertEquals(List.of(), unserved.unitIds());
        assertTrue(node(topology, "00:03.0").translated());
        assertEquals(0, node(topology, "00:03.0").group());
    }

    @Test
    void aRangeGivesTheUnitItsOwnIdsForAliasesToo() {
        conventionalBuses();
        Topology topology = board.topology(Board.probe(DeviceScope.range(0, 0x0400, 0x06FF, 0x1000)));
        assertEquals(List.of(0x1210, 0x1108, 0x1100), node(topology, "06:02.0").unitIds());
    }

    @Test
    void anUnsetBridgesHierarchyIsTheBridgeAlone() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 0, 0);
        board.add("00:02.0");
        Topology topology = board.topology(Board.probe(DeviceScope.hierarchy(0, 0, List.of(0xE0))));
        assertTrue(node(topology, "00:1c.0").translated());
        assertEquals(Node.NONE, node(topology, "00:02.0").unit());
    }

    @Test
    void reservedRegionsGoToTheFunctionsNamedAndToWhatAliasesThem() {
        conventionalBuses();
        board.add("00:02.0");
        Probe probe = new Probe(List.of(unit("dmar0", DeviceScope.segment(0))),
                List.of(new ReservedScope(REGION, List.of(
                        DeviceScope.function(0, 5, List.of(0x08)), DeviceScope.function(0, 5, List.of(0x08)),
                        DeviceScope.function(0, 0, List.of(0x38))))), List.of());
        Topology topology = board.topology(probe);
        assertEquals(List.of(REGION), node(topology, "05:01.0").reserved());
        assertEquals(List.of(REGION), node(topology, "06:02.0").reserved());
        assertEquals(List.of(), node(topology, "00:02.0").reserved());
        assertEquals(1, topology.warnings().size());
        assertTrue(topology.warnings().get(0).startsWith("reserved region 0x7b800000-0x7fffffff names path 07.0"));
    }
}
