package org.iommu4j.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.shell.command.Services;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text, JSON, errors and help of each command. */
class CommandsTest {
    private final List<Path> kept = new ArrayList<>();
    private final Services services = new Services(kept::add);
    private final FakeStatus status = new FakeStatus("amd", "intel");
    private final FakeMachine.Swap swap = new FakeMachine.Swap();
    private final Interpreter interpreter =
            new Interpreter(services, new ByteArrayInputStream(new byte[0]), Duration.ZERO);

    @TempDir
    private Path folder;

    @BeforeEach
    void bindAll() {
        services.bind(status);
        services.bind(swap);
        services.bind("intel", new FakeMachine("intel", "01:00.0", "01:00.1"));
        services.bind("amd", new FakeMachine("amd", "02:00.0", "01:00.1"));
    }

    private Outcome run(String... words) {
        return interpreter.run(System.out, List.of(words));
    }

    private String text(String... words) {
        Outcome outcome = run(words);
        assertEquals(0, outcome.code(), outcome.text());
        return outcome.text();
    }

    private JsonStructure json(String... words) {
        return Json.createReader(new StringReader(text(words))).read();
    }

    private void fails(int code, String message, String... words) {
        assertEquals(new Outcome(code, message), run(words));
    }

    @Test
    void machines() {
        assertEquals("""
                MACHINE  UNITS  DEVICES  GROUPS  FAULTS
                amd      1      2        1       1
                intel    1      2        1       1""", text("machines"));
        assertTrue(text("machines", "--counters").endsWith(
                "\nintel dmar0.iotlb.hits = 12\nintel dmar0.iotlb.misses = 5"));
        JsonObject intel = json("machines", "--json").asJsonArray().getJsonObject(1);
        assertEquals(2, intel.getInt("devices"));
        assertEquals(12, intel.getJsonObject("counters").getInt("dmar0.iotlb.hits"));
    }

    @Test
    void units() {
        assertEquals("""
                MACHINE  UNIT   REGISTERS   ARCHITECTURE  STATE   DRIVER                 DEVICES  DOMAINS  FAULTS
                intel    dmar0  0xfed90000  vtd           DRIVEN  org.iommu4j.vtd 1.0.0  5        2        1""",
                text("units", "--machine", "intel"));
        JsonArray all = json("units", "--json").asJsonArray();
        assertEquals(2, all.size());
        assertEquals("scalable mode, 4 levels", all.getJsonObject(0).getString("capabilities"));
        status.state = UnitState.ABSENT;
        assertTrue(json("units", "--json").asJsonArray().getJsonObject(0).isNull("driver"));
        assertEquals("iotlb=4", all.getJsonObject(0).getJsonArray("queue").getString(0));
        fails(1, "NO_DEVICE: no machine 'arm'; there are [amd, intel]", "units", "--machine", "arm");
    }

    @Test
    void devices() {
        assertEquals("""
                MACHINE  DEVICE        ID         CLASS   GROUP  DOMAIN
                intel    0000:01:00.0  8086:10d3  020000  3      PAGING#7
                intel    0000:01:00.1  8086:10d3  020000  3      PAGING#7""", text("devices", "--machine", "intel"));
        assertEquals("0000:01:00.1", json("devices", "--json").asJsonArray().getJsonObject(1).getString("device"));
        fails(1, "NO_DEVICE: no machine 'arm'; there are [amd, intel]", "devices", "--machine", "arm");
    }

    @Test
    void groups() {
        assertEquals("""
                MACHINE  GROUP  DOMAIN    DEFAULT  DEVICES
                intel    3      PAGING#7  DMA#2    0000:01:00.0 0000:01:00.1
                intel group 3: reserved 0xfee00000-0xfeefffff MSI
                intel group 3: 0000:01:00.1 is of one device with 0000:01:00.0""",
                text("groups", "--machine", "intel"));
        JsonObject group = json("groups", "--machine", "intel", "--json").asJsonArray().getJsonObject(0);
        assertEquals(3, group.getInt("group"));
        assertEquals(2, group.getJsonArray("devices").size());
        assertEquals(1, group.getJsonArray("reasons").size());
        assertEquals("0xfee00000-0xfeefffff MSI", group.getJsonArray("reserved").getString(0));
    }

    @Test
    void domains() {
        assertEquals("""
                MACHINE  DOMAIN  TYPE    LAST IOVA       PAGE SIZES  GROUPS
                intel    7       PAGING  0xffffffffffff  4K 2M 1G    3 4""", text("domains", "--machine", "intel"));
        assertEquals(4, json("domains", "--json").asJsonArray().getJsonObject(0).getJsonArray("groups").getInt(1));
    }

    @Test
    void drivers() {
        assertEquals("""
                ARCHITECTURE  BUNDLE                 BUNDLE ID  RANKING  UNITS  PINNED
                vtd           org.iommu4j.vtd 1.0.0  21         100      2      true""", text("drivers"));
        assertTrue(json("drivers", "--json").asJsonArray().getJsonObject(0).getBoolean("pinned"));
    }

    @Test
    void faults() {
        List<String> lines = text("faults", "--machine", "intel").lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).startsWith("intel    dmar0  "), lines.get(1));
        assertTrue(lines.get(1).endsWith("0000:01:00.0  -      0xfffff000  -w      0x5   write access not permitted"),
                lines.get(1));
        JsonObject fault = json("faults", "--json").asJsonArray().getJsonObject(0);
        assertEquals("write access not permitted", fault.getString("reason"));
        assertTrue(fault.isNull("pasid"));
        assertTrue(fault.getJsonNumber("ageNanos").longValue() >= 0);
    }

    @Test
    void walkPrintsEveryEntryRawAndDecoded() {
        assertEquals("""
                root entry at 0x1000: 0x0000000000002001 0x0000000000000000
                    P=1
                    CTP=0x2000
                leaf of intel for fffff000 at 0x3008: 0xffffffffffffffff
                    R=1
                    W=1""", text("walk", "01:00.0", "0xfffff000"));
        JsonObject root = json("walk", "0000:01:00.0", "4096", "--json").asJsonArray().getJsonObject(0);
        assertEquals("0x1000", root.getString("pa"));
        assertEquals("0x0000000000002001", root.getJsonArray("words").getString(0));
        assertEquals("CTP=0x2000", root.getJsonArray("fields").getString(1));
    }

    @Test
    void walkTakesTheWholeOfTheAddressSpace() {
        assertTrue(text("walk", "01:00.0", "0xfffffffffffff000").contains("for fffffffffffff000"));
        assertTrue(text("walk", "01:00.0", "18446744073709551615").contains("for ffffffffffffffff"));
    }

    @Test
    void walkFindsTheMachineOrAsksForIt() {
        assertTrue(text("walk", "02:00.0", "1").contains("leaf of amd"));
        fails(1, "INCOMPATIBLE: machines [amd, intel] have a device 0000:01:00.1 each: say --machine",
                "walk", "01:00.1", "1");
        assertTrue(text("walk", "01:00.1", "1", "--machine", "intel").contains("leaf of intel"));
        fails(1, "NO_DEVICE: no machine has a translated device 0000:09:00.0", "walk", "09:00.0", "1");
        fails(1, "NO_DEVICE: 0000:01:00.0 is not translated", "walk", "01:00.0", "0");
    }

    @Test
    void walkRefusesWhatIsNoDeviceOrAddress() {
        fails(2, "walk: Invalid value for positional parameter at index 0 (DEVICE): 'dmar0' is no PCI address "
                + "(ssss:bb:dd.f) (see walk --help)", "walk", "dmar0", "1");
        fails(2, "walk: Invalid value for positional parameter at index 1 (IOVA): '0x1ffffffffffffffff' is no 64-bit "
                + "address (see walk --help)", "walk", "01:00.0", "0x1ffffffffffffffff");
        fails(2, "walk: Missing required parameter: 'IOVA' (see walk --help)", "walk", "01:00.0");
    }

    @Test
    void swapSaysHowItWent() throws IOException {
        Path jar = Files.createFile(folder.resolve("vtd-next.jar"));
        assertEquals("""
                org.iommu4j.vtd 1.0.0 -> org.iommu4j.vtd 1.1.0: 2 units by adopt in 12.3 ms
                    record             17 words
                    gate closed        450.0 us
                    longest call wait  90.0 us
                    leave              300.0 us
                    adopt              150.0 us""", text("swap", "org.iommu4j.vtd", jar.toString()));
        assertEquals(List.of("org.iommu4j.vtd vtd-next.jar"), swap.asked);
        assertEquals(List.of(jar), kept, "its jar is to be kept for the next start");
        JsonObject report = json("swap", "21", jar.toString(), "--json").asJsonObject();
        assertEquals(90_000, report.getInt("callWaitMaxNanos"));
        assertEquals(300_000, report.getJsonObject("phases").getInt("leave"));
    }

    @Test
    void swapWantsAFile() {
        Path none = folder.resolve("none.jar");
        fails(1, "BAD_INPUT: there is no file " + none, "swap", "org.iommu4j.vtd", none.toString());
        assertEquals(List.of(), swap.asked);
    }

    @Test
    void whyPrintsEverySentence() {
        assertEquals("""
                intel dmar0 is DRIVEN
                    org.iommu4j.vtd 1.0.0 attached it.
                    Nothing is waited for.""", text("why", "dmar0", "--machine", "intel"));
        JsonObject why = json("why", "dmar0", "--machine", "amd", "--json").asJsonObject();
        assertEquals("DRIVEN", why.getString("state"));
        assertEquals(2, why.getJsonArray("why").size());
        fails(1, "INCOMPATIBLE: machines [amd, intel] have a unit 'dmar0' each: say --machine", "why", "dmar0");
        fails(1, "NO_DEVICE: no unit 'dmar7'; there are [dmar0]", "why", "dmar7", "--machine", "intel");
    }

    @Test
    void waitForIsOverAtOnceIfTheThingIsThere() {
        assertEquals("", text("wait-for", "units"));
        assertEquals("", text("wait-for", "units", "intel"));
        assertEquals("", text("wait-for", "machine", "amd"));
        assertEquals("", text("wait-for", "driver", "org.iommu4j.vtd"));
    }

    @Test
    void waitForGivesUpAndSaysWhatIsMissing() {
        status.state = UnitState.ABSENT;
        fails(1, "TIMEOUT: units intel: not there within 0 s, but intel dmar0 is ABSENT",
                "wait-for", "units", "intel", "--timeout", "0");
        fails(1, "TIMEOUT: units arm: not there within 0 s, there is no unit",
                "wait-for", "units", "arm", "--timeout", "0");
        fails(1, "TIMEOUT: driver org.iommu4j.vt: not there within 0 s",
                "wait-for", "driver", "org.iommu4j.vt", "--timeout", "0");
        fails(1, "INCOMPATIBLE: wait-for machine needs a NAME", "wait-for", "machine");
    }

    @Test
    void unitsAreThereOnlyWithTheirMachinesServices() {
        services.unbind("intel", services.machine("intel"));
        assertEquals("", text("wait-for", "units", "amd"));
        fails(1, "TIMEOUT: units intel: not there within 0 s, but intel dmar0 is DRIVEN",
                "wait-for", "units", "intel", "--timeout", "0");
    }

    @Test
    void withoutCoreEveryCommandSaysSo() {
        services.unbind(status);
        services.unbind(swap);
        for (String command : List.of("machines", "units", "domains", "drivers", "faults")) {
            fails(1, "NO_DEVICE: the status service is not there: is bundle org.iommu4j.core active?", command);
        }
    }

    @Test
    void anOldServiceThatLeavesLateDoesNotTakeItsSuccessorAlong() {
        FakeStatus successor = new FakeStatus("intel");
        services.bind(successor);
        services.unbind(status);
        assertTrue(text("units").contains("intel"));
        FakeMachine machine = new FakeMachine("intel", "05:00.0");
        FakeMachine old = (FakeMachine) services.machine("intel");
        services.bind("intel", machine);
        services.unbind("intel", old);
        assertTrue(text("devices", "--machine", "intel").contains("05:00.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"machines", "units", "devices", "groups", "domains", "walk", "faults", "drivers", "swap",
            "why", "wait-for", "run", "mm:create", "mm:list", "mm:map", "mm:unmap", "mm:protect", "mm:read",
            "mm:write", "mm:fork", "mm:exit"})
    void everyCommandExplainsItselfWithoutCore(String command) {
        services.unbind(status);
        String help = text(command, "--help");
        assertTrue(help.startsWith("Usage: iommu4j " + command), help);
        assertTrue(help.contains("--json"), help);
        assertTrue(interpreter.names().contains(command));
    }

    @Test
    void theListOfCommandsHasAllOfThem() {
        String help = text("--help");
        interpreter.names().forEach(name -> assertTrue(help.contains("\n  " + name + " "), name + " in " + help));
        assertEquals(21, interpreter.names().size());
    }

    @Test
    void wrongUsageIsOneLineAndExitCodeTwo() {
        fails(2, "units: Unknown option: '--colour' (see units --help)", "units", "--colour");
        Outcome unknown = run("unit");
        assertEquals(2, unknown.code());
        assertTrue(unknown.text().startsWith("there is no command 'unit'; there are devices, domains,"));
        assertFalse(unknown.text().contains("\n"));
        assertEquals(2, run().code());
    }

    @Test
    void theScopeOfGogoMayStandBeforeACommand() {
        assertEquals(text("units"), text("iommu:units"));
    }
}
