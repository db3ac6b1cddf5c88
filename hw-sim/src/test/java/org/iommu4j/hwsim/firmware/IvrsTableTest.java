package org.iommu4j.hwsim.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.iommu4j.api.IommuException;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.pci.PciTree;
import org.junit.jupiter.api.Test;

class IvrsTableTest {
    private static final String DEFINITION = """
            {"name": "m", "physicalAddressBits": 48, "ram": [{"start": 0, "length": "0x1000"}],
             "units": [{"name": "amdvi0", "model": "amdvi", "base": "0xfeb80000",
                        "capabilities": {"EFR": "0x0013000f00009858"}%s}],
             "firmware": {"IVRS": "generated"},
             "devices": [{"address": "00:00.0", "type": "pci"}, %s
                         {"address": "00:03.0"}, {"address": "00:03.1"},
                         {"address": "00:05.0", "kind": "bridge", "secondary": 3, "subordinate": 4},
                         {"address": "03:00.0", "kind": "bridge", "type": "pcie-to-pci",
                          "secondary": 4, "subordinate": 4},
                         {"address": "04:01.0", "type": "pci"}, {"address": "04:02.0", "type": "pci"}]}""";
    private static final String OWN = "{\"address\": \"00:00.2\", \"kind\": \"iommu\", \"unit\": \"amdvi0\"},";

    /** AMD 48882 section 5.2.2.2: device entries. */
    private static final String DEVICES =
            "02000000"                                 // one device: 00:00.0
            + "03180000" + "04190000"                  // 00:03.0 to 00:03.1
            + "02280000" + "02000300"                  // 00:05.0, 03:00.0
            + "4300040000000400" + "04ff0400"          // bus 4 as 04:00.0
            + "480000c700a00001" + "4800000000a00002"; // IOAPIC, HPET at 00:14.0

    /** 5.2.1 header; 5.2.2 IVHD 10h and 11h. */
    private static final String EXPECTED =
            "49565253" + "d0000000" + "02" + "%s"                // "IVRS", length 208, revision 2, checksum
            + "494f4d4d5534" + "48572d53494d2020" + "01000000"   // OEM "IOMMU4", table "HW-SIM  ", revision 1
            + "49344a20" + "01000000"                            // creator "I4J ", revision 1
            + "41302000" + "0000000000000000"                    // EFRSup, GVASize 2, PASize 48, VASize 64
            + "10" + "20" + "4800" + "0200" + "4000"             // IVHD 10h, Coherent, 72 bytes, 00:00.2, block at 40h
            + "0000b8fe00000000" + "0000" + "0000"               // base, segment 0, message 0
            + "360f0090" + DEVICES                               // NX, GT, GLX 2, IA, PASmax 15, GATS 1, HATS 2
            + "11" + "20" + "5800" + "0200" + "4000"
            + "0000b8fe00000000" + "0000" + "0000" + "00000000"
            + "589800000f001300" + "0000000000000000" + DEVICES; // EFR, EFR 2

    private static byte[] table(String unit, String own) {
        MachineDefinition machine = MachineReader.read(DefinitionNode.parse("test", DEFINITION.formatted(unit, own)));
        return new FirmwareTables(machine, new PciTree(machine.devices())).table("IVRS").orElseThrow();
    }

    @Test
    void theTableIsMadeByteByByte() {
        byte[] table = table("", OWN);
        byte sum = 0;
        for (byte b : table) {
            sum += b;
        }
        assertEquals(0, sum, "5.2.1: all bytes add up to 0");
        assertEquals(EXPECTED.formatted(HexFormat.of().toHexDigits(table[9])), HexFormat.of().formatHex(table));
    }

    @Test
    void theDefinitionNamesTheBlocksAndTheMemoryRegions() {
        byte[] table = table("""
                , "ivhd": ["40"], "regions": [
                 {"start": "0xe0000", "length": "0x20000", "flags": "0x08"},
                 {"start": "0x1000", "length": "0x1000", "flags": 7, "first": "00:03.0"},
                 {"start": "0x3000", "length": "0x1000", "flags": 1, "first": "00:03.0", "last": "00:03.1"}]""", OWN);
        String hex = HexFormat.of().formatHex(table);
        assertEquals("40205800", hex.substring(96, 104));
        // 5.2.3: IVMD 20h, 21h, 22h
        assertTrue(hex.endsWith("20082000" + "00000000" + "0000000000000000" + "00000e0000000000" + "0000020000000000"
                + "21072000" + "18000000" + "0000000000000000" + "0010000000000000" + "0010000000000000"
                + "22012000" + "18001900" + "0000000000000000" + "0030000000000000" + "0010000000000000"), hex);
    }

    @Test
    void whatCannotBeMadeIsRefused() {
        refuses(", \"ivhd\": [\"12\"]", OWN, "ivhd");
        refuses("", "", "function of its own");
        refuses(", \"regions\": [{\"start\": 1, \"length\": 1, \"flags\": 0}]", OWN, "start");
        refuses("", OWN.replace("amdvi0", "amdvi1"), "unit");
        refuses("", OWN + OWN.replace("00.2", "00.3"), "unit");
        refuses("", OWN.replace("}", ", \"type\": \"endpoint\"}"), "type");
    }

    private static void refuses(String unit, String own, String part) {
        String message = assertThrows(IommuException.class, () -> table(unit, own)).getMessage();
        assertTrue(message.contains(part), message);
    }
}
