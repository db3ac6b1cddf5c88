package org.iommu4j.hwsim.definition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MemoryRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineReaderTest {
    private static final String GOOD = """
            {"name": "m", "physicalAddressBits": 39, "dmaThreads": 2, "seed": 7,
             "ram": [{"start": "0x0", "length": "0x40000000"}, {"start": "0x80000000", "length": 4096}],
             "units": [{"name": "u0", "model": "vtd", "base": "0xfed90000"}],
             "firmware": {"DMAR": "generated"},
             "devices": [{"address": "0001:02:03.4", "kind": "dmagen", "channels": 15},
                         {"address": "00:1c.0", "kind": "bridge", "type": "rootport", "secondary": 1, "subordinate": 3,
                          "acs": {"capability": "0x1f", "control": "0x1d"}}]}""";

    @Test
    void everyFieldIsRead() {
        MachineDefinition machine = read(GOOD);
        assertEquals("m", machine.name());
        assertEquals(2, machine.dmaThreads());
        assertEquals(7, machine.seed());
        assertEquals(List.of(new MemoryRange(0, 1L << 30), new MemoryRange(0x80000000L, 4096)), machine.ram());
        assertEquals(0xfed90000L, machine.units().get(0).base());
        DeviceDefinition port = machine.devices().get(0);
        assertEquals(PciAddress.of(0, 0, 0x1c, 0), port.address());
        assertEquals(PortType.ROOT_PORT, port.type());
        assertEquals(new AcsDefinition(0x1f, 0x1d, false), port.acs().orElseThrow());
        DeviceDefinition generator = machine.devices().get(1);
        assertEquals(15, generator.channels());
        assertEquals(0x1234, generator.vendor());
        assertEquals(0xff0000, generator.classCode());
    }

    @Test
    void interruptsAndIdBaseAreOfTheMachine() {
        assertEquals(InterruptWindow.APIC, read(GOOD).interrupts());
        assertEquals(0, read(GOOD).units().get(0).idBase());
        MachineDefinition other = read(GOOD.replace("\"seed\": 7", "\"seed\": 7, \"interrupts\": \"its\"")
                .replace("\"model\": \"vtd\"", "\"model\": \"vtd\", \"idBase\": \"0x10000\""));
        assertEquals(InterruptWindow.ITS, other.interrupts());
        assertEquals(0x10000, other.units().get(0).idBase());
        String wrong = GOOD.replace("\"seed\": 7", "\"interrupts\": \"gic\"");
        assertTrue(assertThrows(IommuException.class, () -> read(wrong)).getMessage().contains("none of apic, its"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`: 39`           | `: 53`                | `physicalAddressBits = 53 is not within 32 to 52`",
        "`: 39`           | `: \"many\"`          | `physicalAddressBits = \"many\" is no whole number`",
        "`\"seed\"`       | `\"sede\"`            | `sede = 7 is no field here`",
        "`\"name\": \"m\"`| `\"name\": \"1 m\"`   | `name = \"1 m\" is no name`",
        "`\"name\": \"m\",`| ``                   | `name is missing`",
        "`Threads\": 2`   | `Threads\": 65`       | `dmaThreads = 65 is not within 1 to 64`",
        "`Threads\": 2`   | `Threads\": 1.5`      | `dmaThreads = 1.5 is no whole number`",
        "`0x80000000`     | `0x80001000`          | `ram[1].start = \"0x80001000\" is no multiple of 0x40000000`",
        "`0x80000000`     | `0x0`                 | `ram[1].start = \"0x0\" is not within 1073741824 to`",
        "`: 4096`         | `: 4095`              | `ram[1].length = 4095 is not within 4096 to`",
        "`: 4096`         | `: 4097`              | `ram[1].length = 4097 is no multiple of 0x1000`",
        "`0xfed90000`     | `0xfed90001`          | `units[0].base = \"0xfed90001\" is no multiple of 0x1000`",
        "`\"DMAR\"`       | `\"dmar\"`            | `firmware.dmar = \"generated\" has a signature`",
        "`02:03.4`        | `02:20.4`             | `devices[0].address = \"0001:02:20.4\" is no PCI address`",
        "`0001:02:03.4`   | `00:1c.0`             | `devices[1].address = \"00:1c.0\" is the address of another`",
        "`\"dmagen\"` | `\"gpu\"` | `devices[0].kind = \"gpu\" is none of dmagen, edu, bridge, iommu, none`",
        "`: 15`           | `: 16`                | `devices[0].channels = 16 is not within 1 to 15`",
        "`\"dmagen\"`     | `\"edu\"`             | `devices[0].channels = 15 belongs to DMA generators`",
        "`\"rootport\"`   | `\"endpoint\"`        | `devices[1].type = \"endpoint\" does not go with kind bridge`",
        "`\"secondary\": 1,`| ``                  | `devices[1].secondary is missing`",
        "`\"subordinate\": 3`| `\"subordinate\": 0` | `devices[1].subordinate = 0 is not within 1 to 255`",
        "`0x1d`           | `0x5d`                | `devices[1].acs.control = \"0x5d\" has bits that the capability`",
        "`0x1f`           | `0x9f`                | `devices[1].acs.capability = \"0x9f\" is not within 0 to 127`",
        "`[{\"name\"`     | `[7, {\"name\"`       | `units = [7,`",
        "`}]}`            | `}`                   | `no JSON object`",
    })
    void aRefusalNamesFileFieldValueAndLimit(String part, String instead, String message) {
        assertTrue(GOOD.contains(part), "the definition holds " + part);
        IommuException e = assertThrows(IommuException.class, () -> read(GOOD.replaceFirst(
                Pattern.quote(part), Matcher.quoteReplacement(
                        instead == null ? "" : instead))));
        assertEquals(Reason.BAD_INPUT, e.reason());
        assertTrue(e.getMessage().startsWith("f.json: " + message), e.getMessage());
    }

    @Test
    void a64BitWordMayHaveItsHighestBitSet() {
        DefinitionNode node = DefinitionNode.parse("f",
                "{\"cap\": \"0xffffffffffffffff\", \"over\": \"0x10000000000000000\"}");
        assertEquals(-1, node.word("cap"));
        assertThrows(IommuException.class, () -> node.word("over"));
    }

    @Test
    void aDefinitionIsFoundByPathOrByBundledName(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("m.json"), GOOD.replace("\"generated\"", "\"dmar.bin\""));
        assertEquals(directory.resolve("dmar.bin").toString(),
                DefinitionFile.load(file.toString()).firmware().get("DMAR"));
        assertEquals("intel", DefinitionFile.load("intel").name());
        assertEquals(Reason.BAD_INPUT, assertThrows(IommuException.class, () -> DefinitionFile.load("amiga")).reason());
        assertEquals(Reason.BAD_INPUT, assertThrows(IommuException.class,
                () -> DefinitionFile.load(directory.resolve("none.json").toString())).reason());
    }

    private static MachineDefinition read(String json) {
        return MachineReader.read(DefinitionNode.parse("f.json", json));
    }
}
