package org.iommu4j.hwsim.golden;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rows of {@code golden/*.csv}: what Linux wrote into the tables and registers of an emulated unit. */
public final class GoldenRows {
    private GoldenRows() {
    }

    /** The rows of one architecture and mode, each by column name. */
    public static List<Map<String, String>> read(String architecture, String file, String mode) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                GoldenRows.class.getResourceAsStream("/golden/" + file), StandardCharsets.UTF_8))) {
            List<String> columns = split(reader.readLine());
            List<Map<String, String>> rows = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                List<String> values = split(line);
                if (values.get(0).equals(architecture) && values.get(1).equals(mode)) {
                    Map<String, String> row = new HashMap<>();
                    for (int i = 0; i < columns.size(); i++) {
                        row.put(columns.get(i), values.get(i));
                    }
                    rows.add(row);
                }
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static long[] words(Map<String, String> row) {
        String[] texts = row.get("words").split(" ");
        long[] words = new long[texts.length];
        for (int i = 0; i < texts.length; i++) {
            words[i] = Long.parseUnsignedLong(texts[i], 16);
        }
        return words;
    }

    private static List<String> split(String line) {
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        for (char c : line.toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }
}
