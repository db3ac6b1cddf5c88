package org.iommu4j.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.junit.jupiter.api.Test;

/**
 * IVRS and IORT tables of real machines, walked to the counts on which two other decoders agree. What a vendor's reader
 * makes of them is its own; that of DMAR has its test beside it.
 */
class RealTablesTest {
    private static final Path FOLDER = Path.of(System.getProperty("iommu4j.data", "../shared/data"), "acpi");
    /** Device entry of the reserved type 0, which fills up a block. */
    private static final int PADDING = 0;
    private static final String GOOD_CHECKSUM = "True";

    @Test
    void ivrsTablesGiveTheExpectedCounts() throws IOException {
        assertEquals(14, check("ivrs", "IVRS", RealTablesTest::ivrs));
    }

    @Test
    void iortTablesGiveTheExpectedCounts() throws IOException {
        assertEquals(16, check("iort", "IORT", RealTablesTest::iort));
    }

    private static int check(String folder, String signature, Function<Region, Map<String, Integer>> count)
            throws IOException {
        assumeTrue(Files.isDirectory(FOLDER), "no tables of real machines in " + FOLDER.toAbsolutePath());
        int files = 0;
        for (String line : Files.readAllLines(FOLDER.resolve("EXPECT.csv"))) {
            String[] cells = line.split(",", 6);
            if (!cells[0].startsWith(folder + "/")) {
                continue;
            }
            byte[] bytes = Files.readAllBytes(FOLDER.resolve(cells[0]));
            Region table = new Region(signature, bytes);
            if (cells[3].equals(GOOD_CHECKSUM)) {
                AcpiTable parsed = AcpiTable.parse(signature, bytes);
                assertEquals(cells[2], Integer.toString(parsed.revision()), cells[0]);
                table = parsed.region();
            } else {
                IommuException e = assertThrows(IommuException.class, () -> AcpiTable.parse(signature, bytes));
                assertTrue(e.getMessage().contains("the table is damaged"), e.getMessage());
            }
            assertEquals(cells[4], count.apply(table).entrySet().stream().map(Object::toString)
                    .collect(Collectors.joining(" ")), cells[0]);
            files++;
        }
        return files;
    }

    /** AMD IOMMU specification 3.08, 5.2: blocks from 48 on, type in byte 0, length in bytes 2 and 3. */
    private static Map<String, Integer> ivrs(Region table) {
        Map<String, Integer> counts = new TreeMap<>();
        List<Integer> known = List.of(0x10, 0x11, 0x40, 0x20, 0x21, 0x22);
        table.walk(48, 2, 2, "IVRS block", block -> {
            int type = block.u8(0, "type");
            if (known.contains(type)) {
                counts.merge(Integer.toHexString(type), 1, Integer::sum);
            }
            if (type == 0x10 || type == 0x11 || type == 0x40) {
                block.walk(type == 0x10 ? 24 : 40, "device entry", RealTablesTest::deviceEntry,
                        entry -> counts.merge("entries", entry.u8(0, "type") == PADDING ? 0 : 1, Integer::sum));
            }
        });
        return counts;
    }

    /** 5.2.2.1: below 64 four bytes, below 128 eight; type 240 has 22 bytes and a name, its length in byte 21. */
    private static int deviceEntry(Region rest) {
        int type = rest.u8(0, "device entry type");
        if (type < 64) {
            return 4;
        }
        if (type < 128) {
            return 8;
        }
        if (type == 240) {
            return 22 + rest.u8(21, "UID length");
        }
        throw rest.bad(0, "device entry type", "is " + type);
    }

    /** Arm IORT, DEN 0049: node count at 36, first node at 40; in a node type, length at 1, number of mappings at 8. */
    private static Map<String, Integer> iort(Region table) {
        Map<Integer, String> names = Map.of(0, "its", 1, "named", 2, "rc", 3, "smmu", 4, "smmuv3");
        Map<String, Integer> counts = new TreeMap<>();
        int[] nodes = {0};
        table.walk((int) table.u32(40, "node offset"), 1, 2, "IORT node", node -> {
            counts.merge(names.get(node.u8(0, "type")), 1, Integer::sum);
            int maps = (int) node.u32(8, "number of mappings");
            if (maps != 0) {
                counts.merge("maps", maps, Integer::sum);
                node.slice((int) node.u32(12, "mapping offset"), 20 * maps, "mappings");
            }
            nodes[0]++;
        });
        assertEquals(table.u32(36, "node count"), nodes[0]);
        return counts;
    }
}
