package org.iommu4j.hwsim.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Machines made of a listing and a firmware table of any vendor. */
class CapturedMachineTest {
    private static final Path TABLES = Path.of(System.getProperty("iommu4j.data", "../../shared/data"), "acpi");

    @TempDir
    Path scratch;
    private Path listing;

    @BeforeEach
    void list() throws IOException {
        listing = Files.writeString(scratch.resolve("lspci.txt"), """
                00:00.0 Host bridge: a bridge
                \tControl: I/O- Mem- BusMaster-

                00:00.2 IOMMU: a unit
                \tControl: I/O- Mem- BusMaster-

                00:05.0 Ethernet controller: a card
                \tControl: I/O- Mem- BusMaster-

                40:01.0 Ethernet controller: a card
                \tControl: I/O- Mem- BusMaster-

                """);
    }

    private MachineDefinition captured(Path table) {
        String text = new CapturedMachine().apply(new String[] {"captured", listing.toString(), table.toString()});
        return MachineReader.read(DefinitionNode.parse("captured", text));
    }

    /** Bases and types as independent decoders print them. */
    @ParameterizedTest
    @CsvSource({"ivrs/ASRock_X370_Killer_Sli_4C483D.dat, amdvi, 0xfd200000",
        "ivrs/ASUSTek_Computer_SABERTOOTH_990FX_3D77ED.dat, amdvi, 0xfeb20000",
        "ivrs/ASUSTek_Computer_PRIME_X399-A_73EDB0.dat, amdvi, 0xefd00000;0xb7b00000",
        "ivrs/Lenovo_Yoga_6_13ALC6_82ND_4B89F5.dat, amdvi, 0xfdf00000",
        "iort/honor-magicbook-art-14.dat, smmuv3, 0x15400000",
        "iort/lenovo-thinkpad-x13s.dat, smmuv3, 0x14f80000"})
    void aRealTableGivesUnitsWhereItHasThem(String table, String model, String bases) {
        assumeTrue(Files.exists(TABLES.resolve(table)), "no " + table + " in -Diommu4j.data");
        List<UnitDefinition> units = captured(TABLES.resolve(table)).units();
        assertEquals(List.of(bases.split(";")), units.stream().map(unit -> String.format("%#x", unit.base())).toList());
        units.forEach(unit -> assertEquals(model, unit.model()));
    }

    @ParameterizedTest
    @CsvSource({"intel, DMAR, vtd", "arm, IORT, smmuv3", "amd, IVRS, amdvi"})
    void aBundledMachinesTableGivesItsUnit(String machine, String signature, String model) throws IOException {
        MachineDefinition definition = DefinitionFile.load(machine);
        byte[] bytes = new SimulatedMachine(definition, IommuModels.all()).firmwareTable(signature).orElseThrow();
        Path table = Files.write(scratch.resolve("table"), bytes);
        List<UnitDefinition> units = captured(table).units();
        assertEquals(1, units.size());
        assertEquals(model, units.get(0).model());
        assertEquals(definition.units().get(0).base(), units.get(0).base());

        bytes[bytes.length - 1]++;
        Files.write(table, bytes);
        IommuException refused = assertThrows(IommuException.class, () -> captured(table));
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains("checksum"), refused.getMessage());
    }

    @Test
    void anotherTableIsRefusedWithTheNamesThatAreRead() throws IOException {
        Path table = Files.write(scratch.resolve("table"), new byte[64]);
        IommuException refused = assertThrows(IommuException.class, () -> captured(table));
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains("DMAR, IORT, IVRS"), refused.getMessage());
    }
}
