package org.iommu4j.pagetable.x86;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries typed from the VT-d specification, revision 4.x, section 9.7, and seen in tables that Linux wrote. */
class X86PagingTest {
    private static final long SIZES = 1L << 12 | 1L << 21 | 1L << 30;

    private final X86Paging format = new X86Paging(4, SIZES, 46, true);

    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "0x0000000109020025, 0, 0x109020000, 1, 'Linux: read-only, P US A'",
        "0x0000000105b36067, 0, 0x105b36000, 3, 'Linux: P RW US A D'",
        "0x000000010b2000e7, 1, 0x10b200000, 3, 'Linux: 2 MiB, PS bit 7'",
        "0x00000001400000a5, 2, 0x140000000, 1, 'FS-PDPE: 1 GiB, read-only'",
        "0x00003ffffffff067, 0, 0x3ffffffff000, 3, 'FS-PTE: the last page of 46 bits'",
        "0x8000000012345067, 0, 0x12345000, 11, 'FS-PTE: XD bit 63'",
        "0x0000000012345063, 0, 0x12345000, 35, 'FS-PTE: US bit 2 clear, supervisor'"})
    void leavesAreWhatTheSpecificationSays(String raw, int level, String address, int protection, String what) {
        long entry = Long.parseUnsignedLong(raw.substring(2), 16);
        assertEquals(entry, format.leaf(Long.decode(address), format.attributes(level, protection)));
        assertTrue(format.isLeaf(entry, level));
        assertEquals(Long.decode(address), format.leafAddress(entry, level));
        assertEquals(protection, format.protection(entry));
    }

    @ParameterizedTest
    @CsvSource({"0x0000000104788027, 0x104788000", "0x000000010478a027, 0x10478a000"})
    void linksGrantEverythingAndAreAccessed(String raw, String table) {
        long entry = Long.decode(raw);
        assertEquals(entry, format.link(Long.decode(table), 1));
        assertEquals(Long.decode(table), format.linked(entry));
        for (int level = 1; level < 4; level++) {
            assertFalse(format.isLeaf(entry, level));
        }
    }

    @Test
    void whatMayBeWrittenMayBeRead() {
        assertEquals(0x67, format.attributes(0, Protection.WRITE));
    }

    @Test
    void otherBitsDoNotChangeTheAddress() {
        long entry = 0x7ff0_0001_1220_1fffL; // ignored 62:52 and 11:9, PAT 12, G 8, PCD 4, PWT 3
        assertEquals(0x1_1220_0000L, format.leafAddress(entry, 1));
        assertEquals(Protection.READ | Protection.WRITE, format.protection(entry));
    }

    @Test
    void executeDisableIsReservedUnlessItIsEnabled() {
        X86Paging without = new X86Paging(4, SIZES, 46, false);
        assertEquals(0x25, without.attributes(0, Protection.READ | Protection.NOEXEC));
        assertEquals(Protection.READ, without.protection(0x25));
    }

    @Test
    void hardwareMarksAWrittenPageInBit6() {
        assertTrue(format.marksWrites());
        assertTrue(format.isDirty(0x12345067L));
        assertFalse(format.isDirty(0x12345027L));
        assertEquals(0x12345027L, format.cleaned(0x12345067L));
    }

    @ParameterizedTest
    @CsvSource({"4, 47", "5, 56"})
    void addressesAreOfTheLowerHalf(int levels, int bits) {
        assertEquals(bits, new X86Paging(levels, SIZES, 46, true).inputBits());
    }

    @ParameterizedTest
    @CsvSource({"3, 0x1000, 46", "6, 0x1000, 46", "4, 0x200000, 46", "4, 0x3000, 46", "4, 0x8000001000, 46",
        "4, 0x1000, 12", "4, 0x1000, 53", "4, 0, 46"})
    void otherShapesAreRefused(int levels, String pageSizes, int outputBits) {
        assertEquals(Reason.INCOMPATIBLE, assertThrows(IommuException.class,
                () -> new X86Paging(levels, Long.decode(pageSizes), outputBits, true)).reason());
    }
}
