package org.iommu4j.amdvi;

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
import org.iommu4j.amdvi.entries.DeviceTableEntry;
import org.iommu4j.amdvi.entries.HostEntry;
import org.iommu4j.amdvi.queues.CompletionWait;
import org.iommu4j.amdvi.queues.InvalidateAll;
import org.iommu4j.amdvi.queues.InvalidateEntry;
import org.iommu4j.amdvi.queues.InvalidatePages;
import org.iommu4j.amdvi.registers.BaseRegister;
import org.iommu4j.amdvi.registers.Control;
import org.iommu4j.amdvi.registers.ExtendedFeatures;
import org.iommu4j.amdvi.registers.Status;
import org.iommu4j.driver.layout.Layout;
import org.junit.jupiter.api.Test;

/**
 * What Linux wrote into an AMD IOMMU's tables, command buffer and registers, with every bit decoded by others: each row
 * must decode to the fields given, with no bit left over, and those fields must encode to the row.
 */
class GoldenTest {
    private static final Map<String, Layout> ENTRIES =
            Map.of("dte", DeviceTableEntry.LAYOUT, "pde", HostEntry.TABLE, "pte", HostEntry.LEAF);
    private static final Map<String, Layout> COMMANDS = Map.of("COMPLETION_WAIT", CompletionWait.LAYOUT,
            "INVALIDATE_IOMMU_PAGES", InvalidatePages.LAYOUT, "INVALIDATE_DEVTAB_ENTRY (reconstructed)",
            InvalidateEntry.LAYOUT, "INVALIDATE_IOMMU_ALL (reconstructed)", InvalidateAll.LAYOUT);
    private static final Map<String, Layout> REGISTERS = Map.of("DEVICE TABLE BASE", BaseRegister.DEVICE_TABLE,
            "COMMAND BUFFER BASE", BaseRegister.COMMANDS, "EVENT LOG BASE", BaseRegister.EVENTS, "CONTROL",
            Control.LAYOUT, "EXTENDED FEATURE", ExtendedFeatures.LAYOUT, "CMD HEAD", BaseRegister.POINTERS, "CMD TAIL",
            BaseRegister.POINTERS, "EVENT HEAD", BaseRegister.POINTERS, "EVENT TAIL", BaseRegister.POINTERS, "STATUS",
            Status.LAYOUT);

    @Test
    void table_entries_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(68, check("entries.csv", 2, 4, ENTRIES));
    }

    @Test
    void commands_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(35, check("commands.csv", 2, 4, COMMANDS));
    }

    @Test
    void registers_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(10, check("registers.csv", 3, 5, REGISTERS));
    }

    private static int check(String file, int kind, int words, Map<String, Layout> layouts) throws IOException {
        int checked = 0;
        for (String line : lines(file)) {
            String[] cells = line.split(",", -1);
            Layout layout = layouts.get(cells[kind]);
            assertTrue(layout != null, line);
            checkRow(layout, words(cells[words]), cells[words + 1], line);
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

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new TreeMap<>();
        for (String field : text.split(";")) {
            int equals = field.indexOf('=');
            fields.put(field.substring(0, equals).trim(), field.substring(equals + 1).trim());
        }
        return fields;
    }

    private static long[] words(String text) {
        List<Long> words = new ArrayList<>();
        for (String word : text.trim().split(" ")) {
            words.add(Long.parseUnsignedLong(word.startsWith("0x") ? word.substring(2) : word, 16));
        }
        return words.stream().mapToLong(Long::longValue).toArray();
    }

    private static List<String> lines(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                GoldenTest.class.getResourceAsStream("/golden/" + file), StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).filter(line -> line.startsWith("amd,")).toList();
        }
    }
}
