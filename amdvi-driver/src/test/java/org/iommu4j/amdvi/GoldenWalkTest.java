package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.entries.Translation;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.pagetable.amdv1.AmdV1;
import org.junit.jupiter.api.Test;

/**
 * Linux's tables in memory, read by the driver: each address leads where Linux had sent it; and what the driver writes
 * for the same mapping is what Linux wrote.
 */
class GoldenWalkTest {
    private static final long DEVICE_TABLE = 0x10_0000L;
    /** Where Linux had its tables, too. */
    private static final long POOL = 0x1_0000_0000L;
    private static final long POOL_LENGTH = 128L << 20;
    private static final int ADDRESS_BITS = 46;
    private static final int NOTHING = -1;
    private static final int IOVA = 3;
    private static final int EXPECT = 4;
    private static final int SIZE = 5;
    private static final int PERMISSION = 6;

    private final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 6L << 30)));
    private final PageAllocator frames = new FrameTable(memory, new TablePool(memory, POOL, POOL_LENGTH))
            .allocator("test", POOL_LENGTH);

    @Test
    void linux_tables_lead_where_linux_sent_them_and_ours_are_the_same() throws IOException {
        for (String[] row : rows("entries.csv")) {
            long pa = Long.decode(row[IOVA].split(";")[0].substring("pa=".length()));
            String[] words = row[EXPECT].split(" ");
            for (int i = 0; i < words.length; i++) {
                memory.store64(pa + (long) i * Long.BYTES, Long.parseUnsignedLong(words[i], 16));
            }
        }
        DeviceTable devices = new DeviceTable(new TableMemory(null, memory, frames, true), DEVICE_TABLE, 1);
        List<String[]> walks = rows("walks.csv");
        for (String[] walk : walks) {
            check(devices.read(PciAddress.parse(walk[2]).rid()), walk);
        }
        assertEquals(42, walks.size());
        memory.close();
    }

    private void check(Translation translation, String[] walk) {
        String text = String.join(",", walk);
        if (walk[EXPECT].startsWith("fault:DTE")) {
            assertEquals(Translation.BLOCKED, translation, text);
            return;
        }
        AmdV1 format = new AmdV1(translation.levels(), AmdV1.PAGE_SIZES, ADDRESS_BITS);
        PageTable theirs = PageTable.adopt(format, memory, frames, translation.root());
        long iova = Long.decode(walk[IOVA]);
        if (walk[EXPECT].startsWith("fault:")) {
            assertEquals(NOTHING, theirs.translate(iova), text);
            return;
        }
        long pa = Long.decode(walk[EXPECT]);
        assertEquals(pa, theirs.translate(iova), text);
        long size = Long.decode(walk[SIZE]);
        PageTable ours = PageTable.create(format, memory, frames);
        ours.map(iova & -size, pa & -size, size, protection(walk[PERMISSION]), new Gather());
        assertEquals(Long.toHexString(leaf(theirs, iova)), Long.toHexString(leaf(ours, iova)), text);
        ours.free();
    }

    private static int protection(String permission) {
        return (permission.contains("r") ? Protection.READ : 0) | (permission.contains("w") ? Protection.WRITE : 0);
    }

    private static long leaf(PageTable table, long iova) {
        long[] last = new long[1];
        table.walk(iova, (level, pa, entry) -> last[0] = entry);
        return last[0];
    }

    private static List<String[]> rows(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                GoldenWalkTest.class.getResourceAsStream("/golden/" + file), StandardCharsets.UTF_8))) {
            List<String[]> rows = new ArrayList<>();
            reader.lines().filter(line -> line.startsWith("amd,")).forEach(line -> rows.add(line.split(",", -1)));
            return rows;
        }
    }
}
