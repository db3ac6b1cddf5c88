package org.iommu4j.hwsim.definition.lspci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.definition.PortType;
import org.junit.jupiter.api.Test;

/** Lines as pciutils 3.10 writes them. */
class LspciDevicesTest {
    private static final String PORT = """
            00:1c.0 PCI bridge [0604]: Example, Inc. Port [1234:5678] (rev f1) (prog-if 00 [Normal decode])
            \tBus: primary=00, secondary=01, subordinate=03, sec-latency=0
            \tCapabilities: [40] Express (v2) Root Port (Slot+), MSI 00
            \t\tDevCap:\tMaxPayload 256 bytes, PhantFunc 0
            \tCapabilities: [140 v1] Access Control Services
            \t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
            \t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-
            """;
    private static final String ENDPOINT = """

            01:00.0 Ethernet controller [0200]: Example [Ex/ample] Card [1234:0001] (rev 03)
            \tCapabilities: [a0] Express (v2) Legacy Endpoint, MSI 00
            01:00.1 Ethernet controller [0200]: Example Card [1234:0001] (rev 03)
            \tCapabilities: [a0] Express Endpoint, IntMsgNum 0
            """;

    @Test
    void decodedTextBecomesDevices() {
        JsonObject port = LspciDevices.read("f", PORT + ENDPOINT).devices().getJsonObject(0);
        assertEquals(Json.createObjectBuilder().add("address", "0000:00:1c.0").add("kind", "bridge")
                .add("vendor", "0x1234").add("device", "0x5678").add("class", "0x60400").add("multifunction", false)
                .add("captured", true).add("type", "rootport").add("secondary", 1).add("subordinate", 3)
                .add("acs", Json.createObjectBuilder().add("capability", "0x1f").add("control", "0x1d")
                        .add("wide", false)).build(), port);

        List<DeviceDefinition> devices = devices(PORT + ENDPOINT);
        assertEquals(List.of(PortType.ROOT_PORT, PortType.LEGACY_ENDPOINT, PortType.ENDPOINT),
                devices.stream().map(DeviceDefinition::type).toList());
        assertEquals(List.of(false, true, true), devices.stream().map(DeviceDefinition::multifunction).toList());
    }

    @Test
    void bytesGoBeforeText() {
        String bytes = Stream.iterate(0, offset -> offset + 16).limit(16).map(offset -> String.format("%02x: %s",
                offset, offset == 0 ? "34 12 01 00 06 00 10 00 07 00 00 02 00 00 80 00"
                        : "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")).collect(Collectors.joining("\n"));
        DeviceDefinition device = devices("00:02.0 Card\n\tLatency: 0\n" + bytes + "\n").get(0);
        assertTrue(device.multifunction());
        assertEquals(0x020000, device.classCode());
        assertEquals(0x1234, device.vendor());
        assertEquals(256, device.configuration().orElseThrow().length());
    }

    @Test
    void whatTheTextDoesNotSayIsNoted() {
        LspciDevices brief = LspciDevices.read("f", PORT.lines().filter(line -> !line.contains("ACSC"))
                .collect(Collectors.joining("\n")));
        assertTrue(brief.notes().toString().contains("all functions: ACS, but not which services"));
        LspciDevices wide = LspciDevices.read("f", PORT.replace("1234:5678", "8086:a110"));
        assertTrue(wide.notes().toString().contains("all functions: ACS control where lspci does not look"));
        LspciDevices named = LspciDevices.read("f", PORT.replace("[0604]: Example, Inc. Port [1234:5678]",
                ": Intel Corporation Device 1c10"));
        assertTrue(named.notes().toString().contains("all functions: no numeric ids"));
        assertEquals("0x1c10", named.devices().getJsonObject(0).getString("device"));
        LspciDevices asleep = LspciDevices.read("f", ENDPOINT.replace("Capabilities: [a0] Express Endpoint",
                "!!! Unknown header type 7f"));
        assertTrue(asleep.notes().toString().contains("0000:01:00.1: powered down"));
    }

    @Test
    void aRefusalNamesFileLineAndText() {
        refused("f lists no function", "\n");
        refused("f line 1: 'total 8' is no function's first line", "total 8\n");
        refused("f line 8: 'and so on' is no line of lspci -vvv", PORT + "and so on\n");
        refused("f line 2: 'Bus: primary=00' gives no secondary",
                PORT.replace(", secondary=01, subordinate=03, sec-latency=0", ""));
        refused("f line 3: 'Capabilities: [40] Express (v2) Sideways Port (Slot+), MSI 00' names a port type",
                PORT.replace("Root Port", "Sideways Port"));
        refused("f line 7: 'ACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl-' does not say "
                + "if DirectTrans", PORT.replaceAll(" DirectTrans-\n$", "\n"));
        refused("f line 3: 'Capabilities: <access denied>' hides",
                PORT.replace("[40] Express (v2) Root Port (Slot+), MSI 00", "<access denied>"));
        refused("f line 8: '00:1c.0 PCI bridge", PORT + PORT);
        refused("f line 1: bridge 0000:00:1c.0 has no line of its buses", PORT.replaceAll("\tBus.*\n", ""));
        refused("f line 8: '10: ", PORT + "10: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n");
        refused("f line 1: 0000:00:1c.0 has 16 bytes", PORT + "00: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n");
        refused("f says nothing of any function", PORT.lines().findFirst().orElseThrow());
    }

    @Test
    void realMachinesAreReadAsTheyAre() throws IOException {
        Path folder = Path.of(System.getProperty("iommu4j.data", "../shared/data"), "lspci");
        assumeTrue(Files.isDirectory(folder), "no captures in " + folder.toAbsolutePath());
        Map<String, Map<PciAddress, DeviceDefinition>> machines = new HashMap<>();
        Map<String, String> types = Map.of("EP", "endpoint", "LE", "legacy-endpoint", "RP", "rootport", "UP",
                "upstream", "DP", "downstream", "P2P", "pcie-to-pci", "RCEP", "rciep", "RCEC", "event-collector",
                "conv", "pci");
        for (String line : Files.readAllLines(folder.resolve("GROUPS.csv"))) {
            String[] row = line.split(",", -1);
            if (row[0].equals("file")) {
                continue;
            }
            DeviceDefinition device = machines.computeIfAbsent(row[0], name -> byAddress(folder.resolve(name + ".txt")))
                    .get(PciAddress.parse(row[1]));
            assertEquals(types.get(row[3]), device.type().text(), line);
            if (device.device() != 0) {
                assertEquals(row[7], String.format("%04x:%04x", device.vendor(), device.device()), line);
            }
        }
        assertEquals(10, machines.size());
    }

    private static Map<PciAddress, DeviceDefinition> byAddress(Path file) {
        try {
            return devices(Files.readString(file, StandardCharsets.ISO_8859_1)).stream()
                    .collect(Collectors.toMap(DeviceDefinition::address, device -> device));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<DeviceDefinition> devices(String text) {
        return MachineReader.read(DefinitionNode.parse("f", Json.createObjectBuilder().add("name", "m")
                .add("physicalAddressBits", 39)
                .add("ram", Json.createArrayBuilder().add(
                        Json.createObjectBuilder().add("start", 0).add("length", 4096)))
                .add("devices", LspciDevices.read("f", text).devices()).build().toString())).devices();
    }

    private static void refused(String message, String text) {
        IommuException refusal = assertThrows(IommuException.class, () -> LspciDevices.read("f", text));
        assertEquals(Reason.BAD_INPUT, refusal.reason());
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
    }
}
