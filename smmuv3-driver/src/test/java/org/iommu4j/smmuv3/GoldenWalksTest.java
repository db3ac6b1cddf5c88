package org.iommu4j.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.driver.golden.GoldenLayouts;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.junit.jupiter.api.Test;

/** The page tables that Linux wrote for stage 1, as our format reads and writes them. */
class GoldenWalksTest {
    private static final GoldenLayouts ROWS = new GoldenLayouts("smmuv3");
    private static final Format FORMAT = new ArmStage1(12, 48, 44, false);
    /** Where Linux had its page tables. */
    private static final long TABLES = 0x4000_0000L;
    private static final long TABLES_LENGTH = 512L << 20;
    private static final int WALKS = 29;

    @Test
    void leaves_are_what_the_format_makes_of_their_address_and_rights() throws IOException {
        int checked = 0;
        for (String line : ROWS.lines("entries.csv")) {
            String[] cells = line.split(",", -1);
            if (cells[2].equals("s1-leaf") && GoldenLayouts.words(cells[4])[0] != 0) {
                long leaf = GoldenLayouts.words(cells[4])[0];
                int level = (int) number(cells[3], "level") - 1;
                long attributes = FORMAT.attributes(level, FORMAT.protection(leaf));
                assertEquals(leaf, FORMAT.leaf(FORMAT.leafAddress(leaf, level), attributes), line);
                checked++;
            }
        }
        assertEquals(24, checked);
    }

    @Test
    void walks_through_the_tables_of_Linux_end_where_its_own_do() throws IOException {
        try (PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(1L << 30, 1L << 30)))) {
            Map<String, Long> roots = load(memory);
            PageAllocator frames = new FrameTable(memory, new TablePool(memory, TABLES, TABLES_LENGTH))
                    .allocator("golden", TABLES_LENGTH);
            int walked = 0;
            for (String line : ROWS.lines("walks.csv")) {
                String[] cells = line.split(",", -1);
                if (roots.containsKey(cells[2])) {
                    PageTable table = PageTable.adopt(FORMAT, memory, frames, roots.get(cells[2]));
                    long found = table.translate(Long.decode(cells[3]));
                    assertEquals(cells[4].startsWith("fault") ? DomainOps.NOT_MAPPED : Long.decode(cells[4]), found,
                            line);
                    walked++;
                }
            }
            assertEquals(WALKS, walked);
        }
    }

    /** Stores all page tables. @return their roots by device */
    private static Map<String, Long> load(PhysicalMemory memory) throws IOException {
        Map<String, Long> roots = new HashMap<>();
        for (String line : ROWS.lines("entries.csv")) {
            String[] cells = line.split(",", -1);
            if (cells[2].startsWith("s1-")) {
                memory.store64(number(cells[3], "pa"), GoldenLayouts.words(cells[4])[0]);
            } else if (cells[2].equals("cd")) {
                roots.put(GoldenLayouts.fields(cells[3]).get("dev"), GoldenLayouts.words(cells[4])[1]);
            }
        }
        return roots;
    }

    private static long number(String fields, String name) {
        return Long.decode(GoldenLayouts.fields(fields).get(name));
    }
}
