package org.iommu4j.smmuv3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;
import org.iommu4j.pagetable.Format;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.pagetable.arm.ArmStage1;
import org.iommu4j.smmuv3.entries.ContextEntry;
import org.iommu4j.smmuv3.entries.LeafEntry;
import org.iommu4j.smmuv3.entries.StreamEntry;
import org.iommu4j.smmuv3.entries.StreamTableEntry;
import org.iommu4j.smmuv3.queues.Configuration;
import org.iommu4j.smmuv3.queues.Sync;
import org.iommu4j.smmuv3.queues.Tlb;
import org.iommu4j.smmuv3.registers.Capabilities;
import org.iommu4j.smmuv3.registers.Control;
import org.iommu4j.smmuv3.registers.GlobalError;
import org.iommu4j.smmuv3.registers.QueueRegister;
import org.iommu4j.smmuv3.registers.StreamTableBase;
import org.junit.jupiter.api.Test;

/**
 * What Linux wrote into an SMMUv3's tables, queue and registers, with every bit decoded by others: each row must
 * decode to the fields given, with no bit left over, and those fields must encode to the row.
 */
class GoldenTest {
    private static final Map<String, Layout> ENTRIES = Map.of("l1std", StreamTableEntry.LAYOUT, "ste",
            StreamEntry.LAYOUT, "cd", ContextEntry.LAYOUT, "s1-table", LeafEntry.TABLE, "s1-leaf", LeafEntry.STAGE1);
    private static final Map<String, Layout> COMMANDS = Map.of("CFGI_STE", Configuration.STE, "CFGI_STE_RANGE",
            Configuration.STE_RANGE, "CFGI_CD", Configuration.CD, "TLBI_NH_VA", Tlb.NH_VA, "TLBI_NH_ASID",
            Tlb.NH_ASID, "TLBI_NSNH_ALL", Tlb.NSNH_ALL, "CMD_SYNC", Sync.LAYOUT);
    private static final Map<String, Layout> REGISTERS = Map.ofEntries(Map.entry("SMMU_IDR0", Capabilities.IDR0),
            Map.entry("SMMU_IDR1", Capabilities.IDR1), Map.entry("SMMU_IDR3", Capabilities.IDR3),
            Map.entry("SMMU_IDR5", Capabilities.IDR5), Map.entry("SMMU_CR0", Control.CR0),
            Map.entry("SMMU_CR0ACK", Control.CR0), Map.entry("SMMU_CR1", Control.CR1),
            Map.entry("SMMU_CR2", Control.CR2), Map.entry("SMMU_GBPA", Control.GBPA),
            Map.entry("SMMU_IRQ_CTRL", Control.IRQ_CTRL), Map.entry("SMMU_IRQ_CTRLACK", Control.IRQ_CTRL),
            Map.entry("SMMU_GERROR", GlobalError.LAYOUT), Map.entry("SMMU_GERRORN", GlobalError.LAYOUT),
            Map.entry("SMMU_STRTAB_BASE", StreamTableBase.BASE),
            Map.entry("SMMU_STRTAB_BASE_CFG", StreamTableBase.CONFIG),
            Map.entry("SMMU_CMDQ_BASE", QueueRegister.BASE), Map.entry("SMMU_EVENTQ_BASE", QueueRegister.BASE),
            Map.entry("SMMU_CMDQ_PROD", QueueRegister.INDEX), Map.entry("SMMU_CMDQ_CONS", QueueRegister.INDEX),
            Map.entry("SMMU_EVENTQ_PROD (page 1)", QueueRegister.INDEX),
            Map.entry("SMMU_EVENTQ_CONS (page 1)", QueueRegister.INDEX));
    /** A hint that this driver does not give, and the version. */
    private static final List<String> NOT_OURS = List.of("PREFETCH_CFG", "SMMU_AIDR");

    private static final Format FORMAT = new ArmStage1(12, 48, 44, false);
    /** Where Linux had its page tables. */
    private static final long TABLES = 0x4000_0000L;
    private static final long TABLES_LENGTH = 512L << 20;
    private static final int WALKS = 29;

    @Test
    void table_entries_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(84, check("entries.csv", 2, 4, ENTRIES));
    }

    @Test
    void commands_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(82, check("commands.csv", 2, 4, COMMANDS));
    }

    @Test
    void registers_decode_to_the_given_fields_and_back() throws IOException {
        assertEquals(21, check("registers.csv", 3, 5, REGISTERS));
    }

    @Test
    void leaves_are_what_the_format_makes_of_their_address_and_rights() throws IOException {
        int checked = 0;
        for (String line : lines("entries.csv")) {
            String[] cells = line.split(",", -1);
            if (cells[2].equals("s1-leaf") && words(cells[4])[0] != 0) {
                long leaf = words(cells[4])[0];
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
            for (String line : lines("walks.csv")) {
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
        for (String line : lines("entries.csv")) {
            String[] cells = line.split(",", -1);
            if (cells[2].startsWith("s1-")) {
                memory.store64(number(cells[3], "pa"), words(cells[4])[0]);
            } else if (cells[2].equals("cd")) {
                roots.put(fields(cells[3]).get("dev"), words(cells[4])[1]);
            }
        }
        return roots;
    }

    private static long number(String fields, String name) {
        return Long.decode(fields(fields).get(name));
    }

    private static int check(String file, int kind, int words, Map<String, Layout> layouts) throws IOException {
        int checked = 0;
        for (String line : lines(file)) {
            String[] cells = line.split(",", -1);
            Layout layout = layouts.get(cells[kind]);
            if (layout == null) {
                assertTrue(NOT_OURS.contains(cells[kind]), line);
                continue;
            }
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
            return reader.lines().skip(1).filter(line -> line.startsWith("smmuv3,")).toList();
        }
    }
}
