package org.iommu4j.core.topology;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.driver.DeviceScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups that Linux formed on real machines. Skipped where the captures, {@code lspci/} of the data, are absent. Ports
 * with wide ACS registers are given the control that Linux turns on, because lspci looks for it in the wrong place.
 */
class RealGroupsTest {
    private static final Path DATA = Path.of(System.getProperty("iommu4j.data", "../shared/data"), "lspci");
    private static final Pattern FUNCTION = Pattern.compile("^((?:[0-9a-f]{4,5}:)?[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]) .*");
    private static final Pattern BUSES =
            Pattern.compile(".*Bus: primary=(..), secondary=(..), subordinate=(..).*");
    private static final Map<String, Integer> TYPES = Map.of("EP", 0, "LE", 1, "RP", 4, "UP", 5, "DP", 6, "P2P", 7,
            "RCEP", 9, "RCEC", 10);

    private static final Set<String> WIDE_ACS =
            Set.of("8086:a110", "8086:a111", "8086:a112", "8086:a113", "8086:a294");

    private final Map<String, int[]> buses = new HashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"DISTILLED-ampere-altra-partial", "amd-17h-19h-laptop", "amd-matisse-desktop",
            "amd-r1305g", "asm1812-switch-partial", "hp-elitebook-630g9", "intel-h310-desktop",
            "intel-raptorlake-s-desktop", "intel-xeon-pex8748-switch", "v-mode-dell-xps9320"})
    void groupsAreThoseThatLinuxFormed(String machine) throws IOException {
        assumeTrue(Files.isDirectory(DATA), "no captures in " + DATA);
        readBuses(machine);
        Board board = new Board();
        Map<String, Set<String>> expected = new HashMap<>();
        for (String line : Files.readAllLines(DATA.resolve("GROUPS.csv"))) {
            String[] row = line.split(",", -1);
            if (row[0].equals(machine)) {
                add(board, row);
                if (!row[2].isEmpty()) {
                    expected.computeIfAbsent(row[2], group -> new TreeSet<>())
                            .add(PciAddress.parse(row[1]).toString());
                }
            }
        }
        Set<String> grouped = expected.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        DeviceScope[] segments = board.functions().stream().map(function -> function.address().segment()).distinct()
                .map(DeviceScope::segment).toArray(DeviceScope[]::new);
        Set<String> computed = board.topology(Board.probe(segments)).groups().stream()
                .map(group -> group.nodes().stream().map(node -> node.address().toString()).filter(grouped::contains)
                        .collect(Collectors.toCollection(TreeSet::new)).toString())
                .filter(text -> !text.equals("[]"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(String.join("\n", expected.values().stream().map(Set::toString)
                .collect(Collectors.toCollection(TreeSet::new))), String.join("\n", computed));
    }

    private void readBuses(String machine) throws IOException {
        String function = "";
        for (String line : Files.readAllLines(DATA.resolve(machine + ".txt"))) {
            Matcher start = FUNCTION.matcher(line);
            Matcher numbers = BUSES.matcher(line);
            if (start.matches()) {
                function = PciAddress.parse(start.group(1)).toString();
            } else if (numbers.matches()) {
                buses.put(function, new int[] {hex(numbers.group(1)), hex(numbers.group(2)), hex(numbers.group(3))});
            }
        }
    }

    /** Row: machine, address, group, port type, multifunction, ACS capability, ACS control, vendor:device. */
    private void add(Board board, String[] row) {
        String address = PciAddress.parse(row[1]).toString();
        Board.Space space = board.add(address);
        if (!row[7].isEmpty()) {
            int vendor = hex(row[7].substring(0, 4));
            int device = hex(row[7].substring(5));
            space.vendor(vendor & 0xFF, vendor >> 8).put(0x02, device & 0xFF, device >> 8);
        }
        if (row[4].equals("1")) {
            space.multifunction();
        }
        if (!row[3].equals("conv")) {
            space.pcie(TYPES.get(row[3]));
        }
        if (WIDE_ACS.contains(row[7])) {
            space.wideAcs(hex(row[5]), hex(row[5]) & Board.ALL_ACS);
        } else if (!row[5].isEmpty()) {
            space.acs(hex(row[5]), hex(row[6]));
        }
        int[] numbers = buses.get(address);
        if (numbers != null) {
            space.bridge(numbers[0], numbers[1], numbers[2]);
        }
    }

    private static int hex(String digits) {
        return Integer.parseInt(digits, 16);
    }
}
