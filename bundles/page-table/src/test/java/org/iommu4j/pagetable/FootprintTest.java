package org.iommu4j.pagetable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The footprint of a range holds every entry that a map or an unmap of it wrote. */
class FootprintTest {
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Board board = new Board();
    private final Gather gather = new Gather();

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void itIsTheWayThroughTheTablesAndTheLeaves() {
        PageTable table = board.table(3, Board.SIZES);
        table.map(0x1ff000, 0x1ff000, 0x2000, RW, gather);
        List<String> parts = new ArrayList<>();

        table.footprint(0x1ff000, 0x2000, (pa, bytes) -> parts.add((pa & 0xfff) + "+" + bytes));

        assertEquals(List.of("0+8", "0+16", "4088+8", "0+8"), parts);
        parts.clear();
        table.footprint(1L << 30, 1L << 30, (pa, bytes) -> parts.add((pa - table.root()) + "+" + bytes));
        assertEquals(List.of("8+8"), parts, "a hole is told by the entry that is not present");
        assertEquals(Reason.OVERFLOW,
                Failures.refusal(() -> table.footprint(1L << 39, 0x1000, (pa, bytes) -> { })).reason());
    }

    @Test
    void nothingElseChangesInRandomWork() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        PageTable table = board.table(4, Board.SIZES);
        int steps = 200 * Integer.getInteger("iommu4j.scale", 1);
        for (int step = 0; step < steps; step++) {
            long iova = random.nextInt(1200) * 4096L;
            long length = (1 + random.nextInt(600)) * 4096L;
            Map<Long, Long> before = entries(table);
            boolean mapped = random.nextBoolean();
            try {
                if (mapped) {
                    table.map(iova, iova, length, RW, gather);
                } else {
                    table.unmap(iova, length, gather);
                }
            } catch (IommuException refused) {
                continue; // it says that it changed nothing that hardware needs
            }
            Set<Long> told = new HashSet<>();
            table.footprint(iova, length, (pa, bytes) -> {
                for (long word = pa; word < pa + bytes; word += 8) {
                    told.add(word);
                }
            });
            String where = "seed " + seed + " step " + step;
            entries(table).forEach((pa, entry) -> assertTrue(
                    entry.equals(before.getOrDefault(pa, 0L)) || told.contains(pa), where + ", stored " + pa));
        }
    }

    /** Every entry on the way to each page of the range that is worked on. */
    private static Map<Long, Long> entries(PageTable table) {
        Map<Long, Long> entries = new HashMap<>();
        for (long iova = 0; iova < 1800 * 4096L; iova += 4096) {
            table.walk(iova, (level, pa, entry) -> entries.put(pa, entry));
        }
        return entries;
    }
}
