package org.iommu4j.amdvi.firmware;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.Test;

/** Tables of real machines give the counts on which two other decoders agree. */
class RealIvrsTest {
    @Test
    void tables_of_real_machines_give_the_expected_counts() throws IOException {
        Path folder = Path.of(System.getProperty("iommu4j.data", "../shared/data"), "acpi");
        assumeTrue(Files.isDirectory(folder), "no tables of real machines in " + folder.toAbsolutePath());
        int files = 0;
        for (String line : Files.readAllLines(folder.resolve("EXPECT.csv"))) {
            if (line.startsWith("ivrs/")) {
                List<String> cells = cells(line);
                byte[] bytes = Files.readAllBytes(folder.resolve(cells.get(0)));
                assertEquals(cells.get(4), counts(IvrsTable.parse(bytes)), cells.get(0));
                assertUnits(bytes, cells);
                files++;
            }
        }
        assertEquals(14, files);
    }

    private static void assertUnits(byte[] bytes, List<String> cells) {
        try (FakeBoard board = FakeUnit.board()) {
            board.tables.put("IVRS", bytes);
            Probe probe = IvrsProbe.probe(board);
            String text = cells.get(6);
            Set<String> units = new TreeSet<>();
            Matcher blocks = Pattern.compile("[14][01]\\[([0-9a-f]{4}) ([0-9a-f]+) n").matcher(text);
            while (blocks.find()) {
                units.add(blocks.group(2));
            }
            assertEquals(units, new TreeSet<>(probe.units().stream()
                    .map(unit -> Long.toHexString(unit.registerBase())).toList()), cells.get(0));
            assertEquals(text.split("M2", -1).length - 1, probe.reserved().size(), cells.get(0));
            long unknown = cells.get(7).split("unknown-block", -1).length - 1;
            assertEquals(unknown, probe.warnings().stream().filter(each -> each.contains("unknown type")).count(),
                    cells.get(0) + probe.warnings());
        }
    }

    private static String counts(IvrsTable table) {
        Map<String, Integer> counts = new TreeMap<>();
        for (IvrsTable.Ivhd unit : table.units()) {
            counts.merge(Integer.toHexString(unit.type()), 1, Integer::sum);
            unit.entries().stream().filter(entry -> !entry.isPad())
                    .forEach(entry -> counts.merge("entries", 1, Integer::sum));
        }
        table.memory().forEach(memory -> counts.merge(Integer.toHexString(memory.type()), 1, Integer::sum));
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
