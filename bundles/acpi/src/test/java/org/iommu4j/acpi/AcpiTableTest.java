package org.iommu4j.acpi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

class AcpiTableTest {
    @Test
    void a_table_with_right_header_is_read_and_bytes_behind_it_are_ignored() {
        byte[] file = Arrays.copyOf(table(6, 0, 2, 0, 7, 8), 60);

        AcpiTable table = AcpiTable.parse("TEST", file);

        assertEquals(3, table.revision());
        assertEquals(42, table.region().length());
        assertEquals(0x0807, table.region().u16(40, "last"));
    }

    @Test
    void damage_is_refused_with_table_offset_and_field() {
        byte[] good = table(6, 0, 2, 0, 7, 8);

        byte[] otherSum = good.clone();
        otherSum[40]++;
        refused(otherSum, "TEST: the bytes add up to 1 modulo 256");

        byte[] otherName = good.clone();
        otherName[0] = 'B';
        refused(otherName, "TEST offset 0x0: signature is 'BEST'");

        byte[] tooLong = good.clone();
        tooLong[4] = 43;
        refused(tooLong, "TEST offset 0x4: length is 43; the header has 36 bytes, the file 42");

        byte[] tooShort = good.clone();
        tooShort[4] = 35;
        refused(tooShort, "TEST offset 0x4: length is 35");

        refused(Arrays.copyOf(good, 7), "TEST offset 0x4: length has 4 bytes, but its structure ends at offset 0x7");
        refused(new byte[0], "TEST offset 0x0: signature has 4 bytes");
    }

    @Test
    void sub_tables_are_visited_in_order() {
        // a 16-bit type, then a 16-bit length that covers all of the sub-table
        Region region = AcpiTable.parse("TEST", table(9, 9, 1, 0, 5, 0, 77, 2, 0, 4, 0)).region();
        List<String> seen = new ArrayList<>();

        region.walk(38, 2, 2, "thing", each -> seen.add(each.start() + "+" + each.length()));

        assertEquals(List.of("38+5", "43+4"), seen);
    }

    @Test
    void a_sub_table_shorter_than_its_header_or_longer_than_the_table_is_refused() {
        Region none = new Region("TEST", new byte[] {1, 0, 0, 0});
        IommuException zero = assertThrows(IommuException.class, () -> none.walk(0, 2, 2, "thing", each -> { }));
        assertTrue(zero.getMessage().startsWith("TEST offset 0x2: thing length is 0"), zero.getMessage());

        Region over = new Region("TEST", new byte[] {1, 0, 5, 0});
        IommuException beyond = assertThrows(IommuException.class, () -> over.walk(0, 2, 2, "thing", each -> { }));
        assertTrue(beyond.getMessage().startsWith("TEST offset 0x0: thing has 5 bytes"), beyond.getMessage());

        Region cut = new Region("TEST", new byte[] {1, 0, 5});
        assertThrows(IommuException.class, () -> cut.walk(0, 2, 2, "thing", each -> { }));
    }

    @Test
    void random_bytes_end_in_a_typed_error_or_in_a_walk_that_ends() {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 2000 * Integer.getInteger("iommu4j.scale", 1); round++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            try {
                new Region("TEST", bytes).walk(0, 1, 1, "thing", each -> assertTrue(each.length() >= 2));
            } catch (IommuException e) {
                assertEquals(Reason.BAD_INPUT, e.reason(), "seed " + seed);
            }
        }
    }

    private static void refused(byte[] bytes, String message) {
        IommuException refusal = assertThrows(IommuException.class, () -> AcpiTable.parse("TEST", bytes));
        assertEquals(Reason.BAD_INPUT, refusal.reason());
        assertTrue(refusal.getMessage().startsWith(message), refusal.getMessage());
    }

    /** Header by ACPI 6.5, 5.2.6: signature, length, revision 3, checksum that makes the sum 0. */
    private static byte[] table(int... body) {
        byte[] table = new byte[36 + body.length];
        byte[] start = {'T', 'E', 'S', 'T', (byte) table.length, 0, 0, 0, 3};
        System.arraycopy(start, 0, table, 0, start.length);
        for (int i = 0; i < body.length; i++) {
            table[36 + i] = (byte) body[i];
        }
        int sum = 0;
        for (byte each : table) {
            sum += each;
        }
        table[9] = (byte) -sum;
        return table;
    }
}
