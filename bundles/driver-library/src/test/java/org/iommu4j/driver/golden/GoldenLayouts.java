package org.iommu4j.driver.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.driver.layout.Layout;

/**
 * What Linux wrote into the tables, queues and registers of one architecture's units, with every bit decoded by others:
 * each row must decode to the fields given, with no bit left over, and those fields must encode to the row.
 */
public final class GoldenLayouts {
    private static final int ENTRY_KIND = 2;
    private static final int REGISTER_KIND = 3;

    private final String architecture;
    private final List<String> notOurs;

    /**
     * @param architecture as the rows name it
     * @param notOurs kinds of rows that the driver neither writes nor reads
     */
    public GoldenLayouts(String architecture, String... notOurs) {
        this.architecture = architecture;
        this.notOurs = List.of(notOurs);
    }

    /** @return how many rows were checked */
    public int entries(Map<String, Layout> layouts) throws IOException {
        return check("entries.csv", ENTRY_KIND, layouts);
    }

    /** @return how many rows were checked */
    public int commands(Map<String, Layout> layouts) throws IOException {
        return check("commands.csv", ENTRY_KIND, layouts);
    }

    /** @return how many rows were checked */
    public int registers(Map<String, Layout> layouts) throws IOException {
        return check("registers.csv", REGISTER_KIND, layouts);
    }

    private int check(String file, int kind, Map<String, Layout> layouts) throws IOException {
        int checked = 0;
        for (String line : lines(file)) {
            String[] cells = line.split(",", -1);
            Layout layout = layouts.get(cells[kind]);
            if (layout == null) {
                assertTrue(notOurs.contains(cells[kind]), line);
                continue;
            }
            checkRow(layout, words(cells[kind + 2]), cells[kind + 3], line);
            checked++;
        }
        return checked;
    }

    private static void checkRow(Layout layout, long[] given, String decoded, String line) {
        Map<String, String> ours = fields(String.join(";", layout.decode(given)));
        Map<String, Long> values = new TreeMap<>();
        fields(decoded).forEach((name, value) -> {
            assertEquals(Long.decode(value), Long.decode(ours.getOrDefault(name, "-1")), name + " in " + line);
            values.put(name, Long.decode(value));
        });
        assertTrue(ours.keySet().stream().noneMatch(name -> name.startsWith("other")), ours + " in " + line);
        // The rows name what matters; a few bits of the capabilities are left out of them and come from our decoding.
        ours.forEach((name, value) -> values.putIfAbsent(name, Long.decode(value)));
        long[] encoded = Arrays.copyOf(layout.encode(values), given.length);
        assertArrayEquals(given, encoded, line);
    }

    /** Fields by name. @param text {@code name=value;...} */
    public static Map<String, String> fields(String text) {
        Map<String, String> fields = new TreeMap<>();
        for (String field : text.split(";")) {
            int equals = field.indexOf('=');
            fields.put(field.substring(0, equals).trim(), field.substring(equals + 1).trim());
        }
        return fields;
    }

    /** @param text hexadecimal words with blanks between */
    public static long[] words(String text) {
        List<Long> words = new ArrayList<>();
        for (String word : text.trim().split(" ")) {
            words.add(Long.parseUnsignedLong(word.startsWith("0x") ? word.substring(2) : word, 16));
        }
        return words.stream().mapToLong(Long::longValue).toArray();
    }

    /** The architecture's lines of a file. */
    public List<String> lines(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                GoldenLayouts.class.getResourceAsStream("/golden/" + file), StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).filter(line -> line.startsWith(architecture + ",")).toList();
        }
    }
}
