package org.iommu4j.hwsim.firmware;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.pci.PciTree;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DmarTableTest {
    private static final String DEFINITION = """
            {"name": "m", "physicalAddressBits": 39, "ram": [{"start": 0, "length": "0x1000"}],
             "units": [{"name": "all", "model": "vtd", "base": "0xfed91000"},
                       {"name": "some", "model": "vtd", "base": "0xfed90000",
                        "scopes": ["00:02.0", "00:1c.0", "01:00.3"]}],
             "firmware": {"%s": "%s"},
             "devices": [{"address": "00:02.0"}, {"address": "01:00.3"},
                         {"address": "00:1c.0", "kind": "bridge", "secondary": 1, "subordinate": 1}]}""";

    /** VT-d 4.1 chapter 8: header 8.1, DRHD 8.3, device scope 8.3.1. */
    private static final String EXPECTED =
            "444d4152" + "6a000000" + "01" + "5e"            // "DMAR", length 106, revision 1, checksum
            + "494f4d4d5534" + "48572d53494d2020" + "01000000" // OEM "IOMMU4", table "HW-SIM  ", revision 1
            + "49344a20" + "01000000"                          // creator "I4J ", revision 1
            + "26" + "00" + "00000000000000000000"             // host address width 39 less 1, no flags
            + "0000" + "2a00" + "00" + "00" + "0000" + "0000d9fe00000000" // DRHD of 42 bytes, segment 0, base
            + "01" + "08" + "0000" + "00" + "00" + "0200"      // endpoint, from bus 0: 02.0
            + "02" + "08" + "0000" + "00" + "00" + "1c00"      // sub-hierarchy, from bus 0: 1c.0
            + "01" + "0a" + "0000" + "00" + "00" + "1c00" + "0003" // endpoint, from bus 0: 1c.0, then 00.3
            + "0000" + "1000" + "01" + "00" + "0000" + "0010d9fe00000000"; // INCLUDE_PCI_ALL comes last

    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void choosePath() {
        file = directory.resolve("machine.json");
    }

    @Test
    void theTableIsMadeByteByByte() throws IOException {
        byte[] table = tables("DMAR", "generated").table("DMAR").orElseThrow();
        byte sum = 0;
        for (byte b : table) {
            sum += b;
        }
        assertEquals(0, sum, "8.1: all bytes add up to 0");
        assertEquals(EXPECTED, HexFormat.of().formatHex(table));
    }

    @Test
    void aGivenFileIsHandedOutAsItIs() throws IOException {
        Files.write(directory.resolve("broken.bin"), new byte[] {1, 2, 3});
        FirmwareTables tables = tables("DMAR", "broken.bin");
        assertArrayEquals(new byte[] {1, 2, 3}, tables.table("DMAR").orElseThrow());
        tables.table("DMAR").orElseThrow()[0] = 9;
        assertArrayEquals(new byte[] {1, 2, 3}, tables.table("DMAR").orElseThrow());
        assertTrue(tables.table("IVRS").isEmpty());
    }

    @Test
    void whatCannotBeMadeOrReadIsRefused() {
        assertEquals(Reason.BAD_INPUT,
                assertThrows(IommuException.class, () -> tables("DMAR", "absent.bin")).reason());
        assertEquals("machine m: firmware.APIC cannot be generated, only DMAR, IORT and IVRS can",
                assertThrows(IommuException.class, () -> tables("APIC", "generated")).getMessage());
    }

    private FirmwareTables tables(String signature, String origin) throws IOException {
        Files.writeString(file, DEFINITION.formatted(signature, origin));
        MachineDefinition machine = DefinitionFile.load(file.toString());
        return new FirmwareTables(machine, new PciTree(machine.devices()));
    }
}
