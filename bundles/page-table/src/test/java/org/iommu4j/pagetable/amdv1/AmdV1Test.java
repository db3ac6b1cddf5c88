package org.iommu4j.pagetable.amdv1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries typed from the AMD specification, section 2.2.3, and seen in tables that Linux wrote. */
class AmdV1Test {
    private final AmdV1 format = new AmdV1(4, AmdV1.PAGE_SIZES, 48);

    @ParameterizedTest(name = "{5}")
    @CsvSource({
        "0x500000010960a001, 0, 12, 0x10960a000, 2, 'Linux: 4 KiB, write-only, FC PR'",
        "0x7000000102b52001, 0, 12, 0x102b52000, 3, 'Linux: 4 KiB, read-write'",
        "0x500000010716ae01, 0, 13, 0x10716a000, 2, 'Linux: 8 KiB, NextLevel 7, bit 12 zero'",
        "0x70000001038c9e01, 0, 14, 0x1038c8000, 3, 'Linux: 16 KiB, bit 12 one, bit 13 zero'",
        "0x7000000102927e01, 0, 16, 0x102920000, 3, 'Linux: 64 KiB'",
        "0x3000000109e6fe01, 0, 17, 0x109e60000, 1, 'Linux: 128 KiB, read-only'",
        "0x300000010017fe01, 0, 20, 0x100100000, 1, 'largest of the last level: 1 MiB, bits 18:12 ones, 19 zero'",
        "0x5000000109c00001, 1, 21, 0x109c00000, 2, 'Linux: 2 MiB, its level own size'",
        "0x70000001401ffe01, 1, 22, 0x140000000, 3, '4 MiB: bits 20:12 ones, 21 zero'",
        "0x7000000140000001, 2, 30, 0x140000000, 3, '1 GiB'"})
    void leavesAreWhatTheSpecificationSays(String raw, int level, int sizeLg2, String address, int protection,
            String what) {
        long entry = Long.decode(raw);
        long pa = Long.decode(address);
        long attributes = format.attributes(level, protection);
        assertEquals(entry, sizeLg2 == 12 + 9 * level ? format.leaf(pa, attributes)
                : format.contiguousLeaf(pa, sizeLg2, attributes));
        assertTrue(format.isLeaf(entry, level));
        assertEquals(sizeLg2, format.pageLg2(entry, level));
        assertEquals(pa, format.leafAddress(entry, level));
        assertEquals(protection, format.protection(entry));
    }

    @ParameterizedTest
    @CsvSource({"0x6000000102a06401, 0x102a06000, 2", "0x6000000103b72201, 0x103b72000, 1"})
    void linksNameTheLevelBelow(String raw, String table, int level) {
        long entry = Long.decode(raw);
        assertEquals(entry, format.link(Long.decode(table), level));
        assertEquals(Long.decode(table), format.linked(entry));
        assertFalse(format.isLeaf(entry, level));
    }

    @Test
    void aSizeThatItsLevelCannotHaveIsTakenForTheLargestOfTheLevel() {
        assertEquals(20, format.pageLg2(0x7000_ffff_ffff_fe01L, 0), "all ones, in the last level");
    }

    @Test
    void whatHardwareHasNotIsRefused() {
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> new AmdV1(2, 1 << 12, 48)).reason());
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> new AmdV1(7, 1 << 12, 48)).reason());
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> new AmdV1(4, 1L << 39 | 1 << 12, 48)).reason(), "512 GiB");
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> new AmdV1(4, 1 << 12, 53)).reason());
    }
}
