package org.iommu4j.shell.answer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;

/**
 * Things of one kind, a row each: a table for people, an array of objects for programs.
 *
 * @param <T> what a row shows
 */
public final class Table<T> {
    private static final int GAP = 2;

    private final List<Field<T>> fields = new ArrayList<>();

    private record Field<T>(String key, boolean shown, Function<T, Object> value) {
        String title() {
            return key.replaceAll("([A-Z])", " $1").toUpperCase(Locale.ROOT);
        }

        String cell(T row) {
            Object raw = value.apply(row);
            if (raw instanceof List<?> list) {
                return list.stream().map(Object::toString).collect(Collectors.joining(" "));
            }
            return raw == null ? "-" : raw.toString();
        }
    }

    /**
     * A field of both forms.
     *
     * @param key camel case; its words head the column
     * @param value null where there is none
     */
    public Table<T> column(String key, Function<T, Object> value) {
        fields.add(new Field<>(key, true, value));
        return this;
    }

    /** A field that only programs get. */
    public Table<T> detail(String key, Function<T, Object> value) {
        fields.add(new Field<>(key, false, value));
        return this;
    }

    /** @param none what people read in place of a table without rows */
    public Answer of(List<T> rows, String none) {
        return Answer.of(rows.isEmpty() ? none : text(rows), rows.stream().map(this::object).toList());
    }

    private Map<String, Object> object(T row) {
        Map<String, Object> object = new LinkedHashMap<>();
        fields.forEach(field -> object.put(field.key, field.value.apply(row)));
        return object;
    }

    private String text(List<T> rows) {
        List<Field<T>> shown = fields.stream().filter(Field::shown).toList();
        List<String[]> lines = new ArrayList<>();
        lines.add(shown.stream().map(Field::title).toArray(String[]::new));
        rows.forEach(row -> lines.add(shown.stream().map(field -> field.cell(row)).toArray(String[]::new)));
        Column[] columns = new Column[shown.size()];
        for (int i = 0; i < columns.length; i++) {
            int at = i;
            int width = lines.stream().mapToInt(line -> line[at].length()).max().orElse(0);
            columns[i] = new Column(width + GAP, 0, Column.Overflow.TRUNCATE);
        }
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(Ansi.OFF), columns);
        lines.forEach(table::addRowValues);
        return table.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }
}
