package org.iommu4j.vtd.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.Test;

/** Tables of real machines give the counts on which two other decoders agree. */
class RealDmarTest {
    private static final Map<Integer, String> NAMES = Map.of(0, "drhd", 1, "rmrr", 2, "atsr", 3, "rhsa", 4, "andd", 5,
            "satc", 6, "sidp");

    @Test
    void tables_of_real_machines_give_the_expected_counts() throws IOException {
        Path folder = Path.of(System.getProperty("iommu4j.data", "../shared/data"), "acpi");
        assumeTrue(Files.isDirectory(folder), "no tables of real machines in " + folder.toAbsolutePath());
        int files = 0;
        for (String line : Files.readAllLines(folder.resolve("EXPECT.csv"))) {
            if (line.startsWith("dmar/")) {
                List<String> cells = cells(line);
                byte[] bytes = Files.readAllBytes(folder.resolve(cells.get(0)));
                assertEquals(cells.get(4), counts(DmarTable.parse(bytes)), cells.get(0));
                assertUnits(bytes, cells);
                files++;
            }
        }
        assertEquals(25, files);
    }

    private static void assertUnits(byte[] bytes, List<String> cells) {
        try (FakeBoard board = FakeUnit.board()) {
            board.tables.put("DMAR", bytes);
            Probe probe = DmarProbe.probe(board);
            String text = cells.get(6);
            long broken = text.split("D\\[0[: ]", -1).length - 1;
            assertEquals(text.split("D\\[", -1).length - 1 - broken, probe.units().size(), cells.get(0));
            assertEquals(text.split("R\\[", -1).length - 1, probe.reserved().size(), cells.get(0));
            probe.units().forEach(unit -> assertEquals(true,
                    text.contains("D[" + Long.toHexString(unit.registerBase())), cells.get(0)));
            assertEquals(broken, probe.warnings().size(), cells.get(0) + probe.warnings());
        }
    }

    private static String counts(DmarTable table) {
        Map<String, Integer> counts = new TreeMap<>();
        for (DmarTable.Structure structure : table.structures()) {
            counts.merge(NAMES.get(structure.type()), 1, Integer::sum);
            for (DmarScope scope : structure.scopes()) {
                counts.merge("scopes", 1, Integer::sum);
                counts.merge("hops", scope.path().size(), Integer::sum);
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
