package org.iommu4j.system.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.trace.TraceSource;

/** The traces that are committed beside the replay's own tests, and the rows of their EXPECT.csv. */
enum RecordedTrace {
    STRICT("vtd-legacy-strict"),
    LAZY("vtd-legacy-lazy"),
    SMMUV3("smmuv3-strict"),
    AMD("amd-strict");

    private static final Path FOLDER = Path.of("../../bundles/replay/src/test/resources/traces");
    private static final int MAPS = 2;
    private static final int UNMAPS = 3;
    private static final int PAGES = 5;
    private static final int PAGES_BY_DEVICE = 6;

    private final String file;

    RecordedTrace(String file) {
        this.file = file;
    }

    TracePlan plan() throws IOException {
        return TracePlan.read(TraceSource.of(FOLDER.resolve(file + ".trace.zst")));
    }

    /**
     * What was counted independently of this project.
     *
     * @param pagesByDevice of 4 KiB, mapped at the end
     */
    record Expected(long maps, long unmaps, long pages, Map<String, Long> pagesByDevice) {
    }

    Expected expected() throws IOException {
        String row = Files.readAllLines(FOLDER.resolve("EXPECT.csv")).stream()
                .filter(line -> line.startsWith(file + ",")).findFirst().orElseThrow();
        String[] cells = row.split(",");
        Map<String, Long> pages = new TreeMap<>();
        for (String cell : cells[PAGES_BY_DEVICE].split(";")) {
            int equals = cell.lastIndexOf('=');
            pages.put(cell.substring(0, equals), Long.valueOf(cell.substring(equals + 1)));
        }
        return new Expected(Long.parseLong(cells[MAPS]), Long.parseLong(cells[UNMAPS]), Long.parseLong(cells[PAGES]),
                pages);
    }
}
