package org.iommu4j.replay.plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.iommu4j.replay.trace.TraceSource;

/** The recorded traces beside the tests. */
final class RealTraces {

    static final List<String> NAMES = List.of("vtd-legacy-strict", "vtd-legacy-lazy", "smmuv3-strict", "amd-strict");

    /** One row of EXPECT.csv, counted independently of this project. */
    record Expectation(int lines, int maps, int unmaps, long bytes, long pages, Map<String, Long> pagesByDevice) {

        static Expectation of(String row) {
            String[] cells = row.split(",");
            Map<String, Long> pages = new TreeMap<>();
            for (String cell : cells[6].split(";")) {
                int equals = cell.lastIndexOf('=');
                pages.put(cell.substring(0, equals), Long.valueOf(cell.substring(equals + 1)));
            }
            return new Expectation(Integer.parseInt(cells[1]), Integer.parseInt(cells[2]),
                    Integer.parseInt(cells[3]), Long.parseLong(cells[4]), Long.parseLong(cells[5]), pages);
        }
    }

    private RealTraces() {
    }

    static TraceSource source(String trace) {
        String file = trace + ".trace.zst";
        return TraceSource.of(file, () -> resource(file));
    }

    static Expectation expected(String trace) throws IOException {
        try (InputStream in = resource("EXPECT.csv")) {
            return lines(in).filter(row -> row.startsWith(trace + ",")).map(Expectation::of).findFirst().orElseThrow();
        }
    }

    /** The text of a trace, line by line. */
    static Stream<String> text(String trace) throws IOException {
        return lines(source(trace).open());
    }

    private static Stream<String> lines(InputStream in) {
        BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        return reader.lines().onClose(() -> {
            try {
                reader.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    private static InputStream resource(String file) {
        return RealTraces.class.getResourceAsStream("/traces/" + file);
    }
}
