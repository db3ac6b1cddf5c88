package org.iommu4j.smmuv3.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.junit.jupiter.api.Test;

/** Tables of real machines give the counts on which two other decoders agree. */
class RealIortTest {
    private static final Map<Integer, String> NAMES = Map.of(0, "its", 1, "named", 2, "rc", 3, "smmu", 4, "smmuv3", 5,
            "pmcg", 6, "rmr");

    @Test
    void tables_of_real_machines_give_the_expected_counts() throws IOException {
        Path folder = Path.of(System.getProperty("iommu4j.data", "../shared/data"), "acpi");
        assumeTrue(Files.isDirectory(folder), "no tables of real machines in " + folder.toAbsolutePath());
        int files = 0;
        for (String line : Files.readAllLines(folder.resolve("EXPECT.csv"))) {
            if (line.startsWith("iort/")) {
                List<String> cells = cells(line);
                byte[] bytes = Files.readAllBytes(folder.resolve(cells.get(0)));
                if (!Boolean.parseBoolean(cells.get(3))) {
                    assertThrows(IommuException.class, () -> IortTable.parse(bytes), cells.get(0));
                    MadeIort.seal(bytes);
                }
                assertEquals(cells.get(4), counts(IortTable.parse(bytes)), cells.get(0));
                assertUnits(bytes, cells);
                files++;
            }
        }
        assertEquals(16, files);
    }

    private static void assertUnits(byte[] bytes, List<String> cells) {
        try (FakeBoard board = FakeUnit.board()) {
            board.tables.put("IORT", bytes);
            Probe probe = IortProbe.probe(board);
            assertEquals(cells.get(6).split("smmuv3@", -1).length - 1, probe.units().size(), cells.get(0));
            probe.units().forEach(unit -> {
                assertEquals(true, cells.get(6).contains("smmuv3@" + Long.toHexString(unit.registerBase())),
                        cells.get(0));
                assertEquals(false, unit.scopes().isEmpty(), cells.get(0) + ": " + probe.warnings());
            });
        }
    }

    private static String counts(IortTable table) {
        Map<String, Integer> counts = new TreeMap<>();
        for (IortTable.Node node : table.nodes().values()) {
            counts.merge(NAMES.get(node.type()), 1, Integer::sum);
            if (!node.mappings().isEmpty()) {
                counts.merge("maps", node.mappings().size(), Integer::sum);
            }
        }
        List<String> text = new ArrayList<>();
        counts.forEach((name, count) -> text.add(name + "=" + count));
        return String.join(" ", text);
    }

    /** Cells, of which some are quoted because they hold commas. */
    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        boolean quoted = false;
        for (char each : line.toCharArray()) {
            if (each == '"') {
                quoted = !quoted;
            } else if (each == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else {
                cell.append(each);
            }
        }
        cells.add(cell.toString());
        return cells;
    }
}
