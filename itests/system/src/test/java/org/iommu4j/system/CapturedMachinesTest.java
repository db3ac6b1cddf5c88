package org.iommu4j.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.core.topology.Node;
import org.iommu4j.core.topology.Topology;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.machine.CapturedMachine;
import org.iommu4j.hwsim.machine.IommuModels;
import org.iommu4j.hwsim.machine.SimulatedMachine;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From what lspci printed on real machines to the groups that Linux formed on them. Skipped without captures. */
class CapturedMachinesTest {
    private static final Path DATA = Path.of(System.getProperty("iommu4j.data", "../shared/data"));

    @BeforeEach
    void captures() {
        assumeTrue(Files.isDirectory(DATA.resolve("lspci")), "no captures in " + DATA.toAbsolutePath());
    }

    @ParameterizedTest
    @ValueSource(strings = {"DISTILLED-ampere-altra-partial", "amd-17h-19h-laptop", "amd-matisse-desktop",
            "amd-r1305g", "asm1812-switch-partial", "hp-elitebook-630g9", "intel-h310-desktop",
            "intel-raptorlake-s-desktop", "intel-xeon-pex8748-switch", "v-mode-dell-xps9320"})
    void groupsAreThoseThatLinuxFormed(String name) throws IOException {
        Map<String, Set<String>> expected = new HashMap<>();
        for (String line : Files.readAllLines(DATA.resolve("lspci/GROUPS.csv"))) {
            String[] row = line.split(",", -1);
            if (row[0].equals(name) && !row[2].isEmpty()) {
                expected.computeIfAbsent(row[2], group -> new TreeSet<>())
                        .add(PciAddress.parse(row[1]).toString());
            }
        }
        Set<String> grouped = expected.values().stream().flatMap(Set::stream).collect(Collectors.toSet());

        Set<String> computed = topology(lspci(name), "").groups().stream()
                .map(group -> group.nodes().stream().map(node -> node.address().toString()).filter(grouped::contains)
                        .collect(Collectors.toCollection(TreeSet::new)).toString())
                .filter(text -> !text.equals("[]"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(String.join("\n", expected.values().stream().map(Set::toString)
                .collect(Collectors.toCollection(TreeSet::new))), String.join("\n", computed));
    }

    @Test
    void aMachineWithItsOwnTableHasItsReservedRegionWhereTheTableSays() {
        Topology topology = topology(lspci("intel-h310-desktop"), dmar("ECS_H310-PORT.dat"));

        assertEquals(List.of("0000:00:14.0"), reserving(topology, ReservedRegion.Kind.DIRECT));
        assertEquals(topology.nodes().stream().filter(Node::translated).map(node -> node.address().toString()).toList(),
                reserving(topology, ReservedRegion.Kind.MSI));
        assertEquals(List.of(), topology.warnings());
    }

    private static List<String> reserving(Topology topology, ReservedRegion.Kind kind) {
        return topology.nodes().stream()
                .filter(node -> node.reserved().stream().anyMatch(region -> region.kind() == kind))
                .map(node -> node.address().toString()).toList();
    }

    @Test
    void everyRealTableGivesTheUnitsThatItsDriverFinds() throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(DATA.resolve("acpi/dmar"))) {
            tables = files.sorted().toList();
        }
        for (Path table : tables) {
            SimulatedMachine machine = machine(lspci("intel-h310-desktop"), table.toString());
            Probe probe = new VtdDriver().probe(machine);
            MachineDefinition definition = definition(lspci("intel-h310-desktop"), table.toString());
            assertEquals(definition.units().stream().map(UnitDefinition::base).toList(),
                    probe.units().stream().map(UnitDescription::registerBase).toList(), table.toString());
        }
        assertEquals(25, tables.size());
    }

    /** Tables and captures are of different machines, so that aliases name functions of any kind. */
    @ParameterizedTest
    @ValueSource(strings = {"amd-17h-19h-laptop", "amd-matisse-desktop", "amd-r1305g"})
    void everyRealTableOfAmdPlacesTheFunctionsOfAMachineOfAmd(String name) throws IOException {
        List<Path> tables;
        try (Stream<Path> files = Files.list(DATA.resolve("acpi/ivrs"))) {
            tables = files.sorted().toList();
        }
        Set<Set<String>> plain = groups(topology(lspci(name), ""));
        for (Path table : tables) {
            byte[] bytes = Files.readAllBytes(table);
            Topology topology = topology(lspci(name), "", machine -> new AmdDriver().probe(withTable(bytes)));
            String what = name + ", " + table;
            List<String> translated = topology.nodes().stream().filter(Node::translated)
                    .map(node -> node.address().toString()).toList();
            assertFalse(translated.isEmpty(), what);
            assertEquals(translated, reserving(topology, ReservedRegion.Kind.MSI), what);
            // An alias joins groups, and parts none.
            Set<Set<String>> joined = groups(topology);
            for (Set<String> group : plain) {
                Set<String> rest = new TreeSet<>(group);
                rest.retainAll(translated);
                assertTrue(rest.isEmpty() || joined.stream().filter(each -> each.containsAll(rest)).count() == 1,
                        what + ": " + rest);
            }
        }
        assertEquals(14, tables.size());
    }

    private static Set<Set<String>> groups(Topology topology) {
        return topology.groups().stream().map(group -> group.nodes().stream().map(node -> node.address().toString())
                .collect(Collectors.toSet())).collect(Collectors.toSet());
    }

    /** A machine of which only the IVRS is known. */
    private static Machine withTable(byte[] bytes) {
        return (Machine) Proxy.newProxyInstance(Machine.class.getClassLoader(), new Class<?>[] {Machine.class},
                (proxy, method, arguments) -> method.getName().equals("firmwareTable") && "IVRS".equals(arguments[0])
                        ? Optional.of(bytes) : null);
    }

    private static String lspci(String name) {
        return DATA.resolve("lspci/" + name + ".txt").toString();
    }

    private static String dmar(String name) {
        return DATA.resolve("acpi/dmar/" + name).toString();
    }

    private static Topology topology(String lspci, String dmar) {
        return topology(lspci, dmar, new VtdDriver()::probe);
    }

    private static Topology topology(String lspci, String dmar, Function<Machine, Probe> probe) {
        SimulatedMachine machine = machine(lspci, dmar);
        try (PhysicalMemory memory = PhysicalMemory.temporary(machine.ram())) {
            machine.powerOn(memory, vector -> { });
            try {
                return Topology.of(machine.functions(), probe.apply(machine));
            } finally {
                machine.powerOff();
            }
        }
    }

    private static SimulatedMachine machine(String lspci, String dmar) {
        return new SimulatedMachine(definition(lspci, dmar), IommuModels.all());
    }

    private static MachineDefinition definition(String lspci, String dmar) {
        String text = new CapturedMachine().apply(new String[] {"captured", lspci, dmar});
        return MachineReader.read(DefinitionNode.parse(lspci, text));
    }
}
