package org.iommu4j.hwsim.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.pci.PciTree;
import org.junit.jupiter.api.Test;

/** A generated IORT, byte by byte: Arm DEN 0049E.b, 3. */
class IortTableTest {
    private static final String DEFINITION = """
            {"name": "m", "physicalAddressBits": 44, "interrupts": "its", "ram": [{"start": 0, "length": "0x1000"}],
             "units": [{"name": "all", "model": "smmuv3", "base": "0x9050000"},
                       {"name": "some", "model": "smmuv3", "base": "0x9090000", "idBase": "0x10000", "wire": 106,
                        "scopes": ["00:02.0", "00:1c.0"]}],
             "firmware": {"IORT": "generated"},
             "devices": [{"address": "00:02.0"}, {"address": "00:03.0"},
                         {"address": "00:1c.0", "kind": "bridge", "secondary": 1, "subordinate": 2}]}""";

    private static final String HEADER =
            "494f5254" + "d0010000" + "03" + "00"             // "IORT", 464 bytes, revision 3, checksum
            + "494f4d4d5534" + "48572d53494d2020" + "01000000" // OEM "IOMMU4", table "HW-SIM  ", revision 1
            + "49344a20" + "01000000"                          // creator "I4J ", revision 1
            + "04000000" + "30000000" + "00000000";            // 4 nodes, from 48 on
    private static final String ITS =
            "00" + "1800" + "01" + "00000000" + "00000000" + "00000000" + "01000000" + "00000000";

    private static String unit(String id, String base, String wires, String idBase, String own) {
        return "04" + "6c00" + "04" + id + "02000000" + "44000000" // 108 bytes, 2 mappings from 68 on
                + base + "01000000" + "00000000" + "0000000000000000" // COHACC override, no VATOS
                + "00000000" + wires + "00000000" + "01000000"
                + idBase + "ffff0000" + idBase + "30000000" + "00000000"
                + "00000000" + "00000000" + own + "30000000" + "01000000";
    }

    @Test
    void theTableIsMadeByteByByte() {
        MachineDefinition machine = MachineReader.read(DefinitionNode.parse("test", DEFINITION));
        byte[] table = new FirmwareTables(machine, new PciTree(machine.devices())).table("IORT").orElseThrow();
        byte sum = 0;
        for (byte b : table) {
            sum += b;
        }
        assertEquals(0, sum, "all bytes add up to 0");
        String complex = "02" + "b000" + "03" + "03000000" + "07000000" + "24000000" // 176 bytes, 7 mappings from 36 on
                + "0100000000000003" + "00000000" + "00000000" + "2c" + "000000"
                // input, count less one, output, node at 0x48 or 0xb4
                + mapping("00000000", "0f000000", "00000000", "48000000")
                + mapping("10000000", "00000000", "10000100", "b4000000") // 00:02.0
                + mapping("11000000", "ce000000", "11000000", "48000000")
                + mapping("e0000000", "00000000", "e0000100", "b4000000") // 00:1c.0
                + mapping("e1000000", "1e000000", "e1000000", "48000000")
                + mapping("00010000", "ff010000", "00010100", "b4000000") // buses 1 and 2
                + mapping("00030000", "fffc0000", "00030000", "48000000");
        String body = ITS + unit("01000000", "0000050900000000", "00".repeat(16), "00000000", "00000100")
                + unit("02000000", "0000090900000000", "6a0000006b0000006c0000006d000000",
                "00000100", "00000200") + complex;
        String text = HexFormat.of().formatHex(table);
        assertEquals(body, text.substring(96));
        assertEquals(HEADER, text.substring(0, 18) + "00" + text.substring(20, 96), "all but the checksum");
    }

    private static String mapping(String input, String more, String output, String node) {
        return input + more + output + node + "00000000";
    }
}
