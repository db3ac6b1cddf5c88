package org.iommu4j.driver.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

class LayoutTest {
    private static final Field LOW = Field.bits("LOW", 0, 3, 2);
    private static final Field ADDRESS = Field.address("ADDRESS", 0, 63, 12);
    private static final Field ALL = Field.bits("ALL", 1, 63, 0);
    private static final Layout LAYOUT = Layout.of("thing", 2, LOW, ADDRESS, ALL);

    @Test
    void numbers_are_shifted_and_addresses_stand_in_place() {
        assertEquals(2, LOW.of(0xfb));
        assertEquals(8, LOW.with(2));
        assertEquals(0x7000, ADDRESS.of(0x7fff));
        assertEquals(0x7000, ADDRESS.with(0x7000));
        assertEquals(-1, ALL.with(-1));
    }

    @Test
    void a_value_that_does_not_fit_is_refused_by_name() {
        for (IommuException refusal : List.of(assertThrows(IommuException.class, () -> LOW.with(4)),
                assertThrows(IommuException.class, () -> LOW.with(-1)),
                assertThrows(IommuException.class, () -> LOW.with(1L << 62)))) {
            assertEquals(Reason.OVERFLOW, refusal.reason());
        }
        assertEquals("ADDRESS is bits 63 to 12 and cannot be 0x7001",
                assertThrows(IommuException.class, () -> ADDRESS.with(0x7001)).getMessage());
    }

    @Test
    void bits_in_no_field_are_shown() {
        assertEquals(List.of("LOW=1", "ADDRESS=0x5000", "ALL=9", "other[0]=0x801"), LAYOUT.decode(0x5805, 9));
        assertArrayEquals(new long[] {0x5004, 9}, LAYOUT.encode(Map.of("LOW", 1L, "ADDRESS", 0x5000L, "ALL", 9L)));
        assertThrows(IommuException.class, () -> LAYOUT.encode(Map.of("NONE", 1L)));
    }
}
