package org.iommu4j.core.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.iommu4j.api.driver.DeviceScope;
import org.junit.jupiter.api.Test;

/** Which functions end up together, and the sentence that says why. */
class GroupingTest {
    private final Board board = new Board();

    /** Groups as text: members without segment, comma between, bar between groups. */
    private static String groups(Topology topology) {
        return topology.groups().stream().map(group -> group.nodes().stream()
                .map(node -> node.address().toString().substring(5)).collect(Collectors.joining(",")))
                .collect(Collectors.joining("|"));
    }

    private static String reason(Topology topology, int group) {
        List<String> reasons = topology.groups().get(group).reasons();
        assertEquals(1, reasons.size(), reasons.toString());
        return reasons.get(0);
    }

    @Test
    void singleFunctionsOfTheRootBusAreAlone() {
        board.add("00:01.0").pcie(Board.ENDPOINT);
        board.add("00:02.0");
        Topology topology = board.topology();
        assertEquals("00:01.0|00:02.0", groups(topology));
        assertEquals(List.of(), topology.groups().get(0).reasons());
    }

    @Test
    void anEndpointBelowARootPortWithFullAcsIsAlone() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 1).acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0|01:00.0", groups(board.topology()));
    }

    @Test
    void anEndpointBelowARootPortWithoutAcsJoinsThePort() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 1);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        Topology topology = board.topology();
        assertEquals("00:1c.0,01:00.0", groups(topology));
        assertEquals("0000:01:00.0 lies behind 0000:00:1c.0, and 0000:00:1c.0 has no ACS", reason(topology, 0));
    }

    @Test
    void anAcsServiceThatIsImplementedButOffDoesNotIsolate() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 1).acs(0x1F, 0x11);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        Topology topology = board.topology();
        assertEquals("00:1c.0,01:00.0", groups(topology));
        assertTrue(reason(topology, 0).endsWith("has ACS RR CR off"), reason(topology, 0));
    }

    @Test
    void anAcsServiceThatIsNotImplementedIsNotAskedFor() {
        // As real root ports: SV and UF alone exist, and both are on.
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 1).acs(0x11, 0x11);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0|01:00.0", groups(board.topology()));
    }

    @Test
    void translationBlockingAndEgressControlAreNotAskedFor() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 1).acs(0x7F, Board.ALL_ACS);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0|01:00.0", groups(board.topology()));
    }

    @Test
    void acsIsFoundBehindOtherExtendedCapabilities() {
        // 7.6.3: advanced error reporting (0x0001) at 0x100 points to 0x148 in bits 31:20.
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 1).put(0x100, 0x01, 0x00, 0x81, 0x14)
                .put(0x148, 0x0D, 0x00, 0x01, 0x00, 0x1D, 0x00, 0x1D, 0x00);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0|01:00.0", groups(board.topology()));
    }

    @Test
    void aSwitchWithoutAcsTiesTogetherWhatLiesBelowIt() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 4).acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("01:00.0").pcie(Board.UPSTREAM).bridge(1, 2, 4);
        board.add("02:00.0").pcie(Board.DOWNSTREAM).bridge(2, 3, 3);
        board.add("02:01.0").pcie(Board.DOWNSTREAM).bridge(2, 4, 4);
        board.add("03:00.0").pcie(Board.ENDPOINT);
        board.add("04:00.0").pcie(Board.ENDPOINT);
        // Each downstream port and its endpoint; the ports lie behind an upstream port that needs no ACS.
        assertEquals("00:1c.0|01:00.0|02:00.0,03:00.0|02:01.0,04:00.0", groups(board.topology()));
    }

    @Test
    void oneGapAboveTiesAllBelowToItHoweverWellTheyIsolate() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 4);
        board.add("01:00.0").pcie(Board.UPSTREAM).bridge(1, 2, 4);
        board.add("02:00.0").pcie(Board.DOWNSTREAM).bridge(2, 3, 3).acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("03:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0,01:00.0,02:00.0,03:00.0", groups(board.topology()));
    }

    @Test
    void functionsOfOneDeviceWithoutAcsAreTogether() {
        board.add("00:1f.0").pcie(Board.ENDPOINT).multifunction();
        board.add("00:1f.3").pcie(Board.ENDPOINT);
        Topology topology = board.topology();
        assertEquals("00:1f.0,00:1f.3", groups(topology));
        assertEquals("0000:00:1f.3 is of one device with 0000:00:1f.0, and 0000:00:1f.3 has no ACS",
                reason(topology, 0));
    }

    @Test
    void functionsOfOneDeviceWithAcsAreApart() {
        board.add("00:03.0").pcie(Board.ENDPOINT).multifunction().acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("00:03.1").pcie(Board.ENDPOINT).acs(Board.ALL_ACS, Board.ALL_ACS);
        assertEquals("00:03.0|00:03.1", groups(board.topology()));
    }

    @Test
    void aFunctionWithAcsStaysApartFromPeersWithout() {
        board.add("00:03.0").pcie(Board.ENDPOINT).multifunction();
        board.add("00:03.1").pcie(Board.ENDPOINT).acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("00:03.2").pcie(Board.ENDPOINT);
        assertEquals("00:03.0,00:03.2|00:03.1", groups(board.topology()));
    }

    @Test
    void aFunctionNumberAboveZeroIsProofOfMoreFunctions() {
        board.add("00:1f.2").pcie(Board.ENDPOINT);
        board.add("00:1f.3").pcie(Board.ENDPOINT);
        assertEquals("00:1f.2,00:1f.3", groups(board.topology()));
    }

    @Test
    void rootPortsOfOneDeviceWithoutAcsDrawWhatIsBelowThemTogether() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).multifunction().bridge(0, 1, 1);
        board.add("00:1c.4").pcie(Board.ROOT_PORT).bridge(0, 2, 2);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        board.add("02:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0,00:1c.4,01:00.0,02:00.0", groups(board.topology()));
    }

    @Test
    void allBehindAPcieToPciBridgeIsOneGroupWithTheBridge() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 4, 5).acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("04:00.0").pcie(Board.PCIE_TO_PCI).bridge(4, 5, 5);
        board.add("05:01.0");
        board.add("05:02.0");
        Topology topology = board.topology();
        assertEquals("00:1c.0|04:00.0,05:01.0,05:02.0", groups(topology));
        assertEquals("0000:05:01.0 lies behind 0000:04:00.0, which issues its requests as requester id 0x0500",
                topology.groups().get(1).reasons().get(0));
    }

    @Test
    void aBridgeWithoutAUnitStillTiesTogetherWhatAliasesThroughIt() {
        board.add("00:1e.0").bridge(0, 5, 5);
        board.add("05:01.0");
        board.add("05:02.0");
        Topology topology = board.topology(Board.probe(DeviceScope.range(0, 0x0500, 0x05FF, 0x0500)));
        assertEquals("05:01.0,05:02.0", groups(topology));
        assertEquals(Node.NONE, topology.nodes().get(0).group());
    }

    @Test
    void intelIntegratedEndpointsAreIsolatedAndThoseOfOthersAreNot() {
        board.add("00:14.0").vendor(0x86, 0x80).pcie(Board.INTEGRATED).multifunction();
        board.add("00:14.2").vendor(0x86, 0x80).pcie(Board.INTEGRATED);
        board.add("00:15.0").vendor(0x22, 0x10).pcie(Board.INTEGRATED).multifunction();
        board.add("00:15.1").vendor(0x22, 0x10).pcie(Board.INTEGRATED);
        assertEquals("00:14.0|00:14.2|00:15.0,00:15.1", groups(board.topology()));
    }

    @Test
    void anEventCollectorNeverIsolates() {
        board.add("00:16.0").pcie(Board.EVENT_COLLECTOR).multifunction().acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("00:16.1").pcie(Board.INTEGRATED);
        assertEquals("00:16.0,00:16.1", groups(board.topology()));
    }

    @Test
    void acsOfAConventionalFunctionDoesNotCount() {
        board.add("00:1f.0").multifunction().acs(Board.ALL_ACS, Board.ALL_ACS);
        board.add("00:1f.1").acs(Board.ALL_ACS, Board.ALL_ACS);
        assertEquals("00:1f.0,00:1f.1", groups(board.topology()));
    }

    @Test
    void aVirtualFunctionsBusLiesBehindTheClosestBridgeThatIncludesIt() {
        board.add("00:1c.0").pcie(Board.ROOT_PORT).bridge(0, 1, 2);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        board.add("02:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0,01:00.0,02:00.0", groups(board.topology()));
    }

    @Test
    void equalAddressesOfTwoSegmentsAreStrangers() {
        board.add("0000:00:1f.0").multifunction();
        board.add("0001:00:1f.1");
        Topology topology = board.topology(Board.probe(DeviceScope.segment(0), DeviceScope.segment(1)));
        assertEquals(2, topology.groups().size());
    }

    @Test
    void aRootPortOfAnOldPlatformHubIsolatesWithoutAcs() {
        board.add("00:1c.0").vendor(0x86, 0x80).put(0x02, 0x10, 0x1C).pcie(Board.ROOT_PORT).bridge(0, 1, 1);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        assertEquals("00:1c.0|01:00.0", groups(board.topology()));
    }

    @Test
    void wideAcsRegistersAreReadWhereTheyAre() {
        board.add("00:1c.0").vendor(0x86, 0x80).put(0x02, 0x10, 0xA1).pcie(Board.ROOT_PORT).bridge(0, 1, 1)
                .wideAcs(0x0F, 0x0D);
        board.add("00:1d.0").vendor(0x86, 0x80).put(0x02, 0x18, 0xA1).pcie(Board.ROOT_PORT).bridge(0, 2, 2)
                .wideAcs(0x0F, 0x00);
        board.add("01:00.0").pcie(Board.ENDPOINT);
        board.add("02:00.0").pcie(Board.ENDPOINT);
        Topology topology = board.topology();
        assertEquals("00:1c.0|00:1d.0,02:00.0|01:00.0", groups(topology));
        assertTrue(reason(topology, 1).endsWith("has ACS SV RR CR off"), reason(topology, 1));
    }

    @Test
    void networkFunctionsThatTheirVendorVouchesForAreAlone() {
        board.add("01:00.0").vendor(0x86, 0x80).put(0x02, 0x21, 0x15).multifunction().pcie(Board.ENDPOINT);
        board.add("01:00.1").vendor(0x86, 0x80).put(0x02, 0x21, 0x15).pcie(Board.ENDPOINT);
        assertEquals("01:00.0|01:00.1", groups(board.topology()));
    }

    @Test
    void whatLiesInAnOwnedDomainDoesDmaAsItsOwner() {
        board.add("00:0e.0").vendor(0x86, 0x80).put(0x02, 0x7F, 0x46).pcie(Board.INTEGRATED);
        board.add("10000:e0:06.0").pcie(Board.ROOT_PORT).bridge(0xE0, 0xE1, 0xE1).acs(0x1F, Board.ALL_ACS);
        board.add("10000:e1:00.0").pcie(Board.ENDPOINT);
        board.add("10001:e1:00.0").pcie(Board.ENDPOINT);
        Topology topology = board.topology();
        assertEquals(1, topology.groups().size());
        assertEquals(3, topology.groups().get(0).nodes().size());
        assertEquals("10000:e0:06.0 lies behind 0000:00:0e.0, which issues its requests as requester id 0x0070",
                topology.groups().get(0).reasons().get(0));
        assertEquals(List.of(0x70), topology.groups().get(0).nodes().get(2).requesterIds());
        assertEquals(Node.NONE, topology.nodes().get(3).unit());
    }
}
