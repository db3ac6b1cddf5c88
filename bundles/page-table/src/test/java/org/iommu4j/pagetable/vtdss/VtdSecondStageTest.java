package org.iommu4j.pagetable.vtdss;

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

/** Entries typed from the VT-d specification, revision 4.x, section 9.8, and seen in tables that Linux wrote. */
class VtdSecondStageTest {
    private final VtdSecondStage format = new VtdSecondStage(4, 1L << 12 | 1L << 21 | 1L << 30, 46);

    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "0x0000000012345003, 0, 0x12345000, 3, 'SS-PTE: R bit 0, W bit 1, ADDR 51:12'",
        "0x0000000012345001, 0, 0x12345000, 1, 'SS-PTE: read-only'",
        "0x0000000012345002, 0, 0x12345000, 2, 'SS-PTE: write-only (CAP.ZLR, section 11.4.2)'",
        "0x00003ffffffff003, 0, 0x3ffffffff000, 3, 'SS-PTE: the last page of 46 bits'",
        "0x0000000112200083, 1, 0x112200000, 3, 'SS-PDE: PS bit 7, ADDR 51:21'",
        "0x0000000112200081, 1, 0x112200000, 1, 'SS-PDE: read-only'",
        "0x0000000140000083, 2, 0x140000000, 3, 'SS-PDPE: PS bit 7, ADDR 51:30'",
        "0x0000000140000082, 2, 0x140000000, 2, 'SS-PDPE: write-only'"})
    void leavesAreWhatTheSpecificationSays(String raw, int level, String address, int protection, String what) {
        long entry = Long.decode(raw);
        assertEquals(entry, format.leaf(Long.decode(address), format.attributes(level, protection)));
        assertTrue(format.isLeaf(entry, level));
        assertEquals(Long.decode(address), format.leafAddress(entry, level));
        assertEquals(protection, format.protection(entry));
    }

    @ParameterizedTest
    @CsvSource({"0x0000000104195003, 0x104195000", "0x0000000105b4b003, 0x105b4b000"})
    void linksGrantBothRights(String raw, String table) {
        long entry = Long.decode(raw);
        assertEquals(entry, format.link(Long.decode(table), 1));
        assertEquals(Long.decode(table), format.linked(entry));
        for (int level = 1; level < 4; level++) {
            assertFalse(format.isLeaf(entry, level));
        }
    }

    @Test
    void bitsThatHardwareOrOthersSetDoNotChangeTheAddress() {
        long entry = 0xfff0_0001_1220_0f83L; // ignored 63:52, SNP 11, A 8, D 9, bit 10
        assertEquals(0x1_1220_0000L, format.leafAddress(entry, 1));
        assertEquals(Protection.READ | Protection.WRITE, format.protection(entry));
    }

    @Test
    void hardwareMarksAWrittenPageInBit9() {
        assertTrue(format.marksWrites());
        assertTrue(format.isDirty(0x12345303L)); // A 8, D 9
        assertFalse(format.isDirty(0x12345103L));
        assertEquals(0x12345103L, format.cleaned(0x12345303L));
    }

    @Test
    void protectionsWithoutABitAreLeftOut() {
        assertEquals(0x1, format.attributes(0, Protection.READ | Protection.CACHE | Protection.NOEXEC));
        assertEquals(0x83, format.attributes(1, Protection.ALL));
    }

    @Test
    void anEntryWithNeitherRightIsNotPresent() {
        assertEquals(0x3, format.presentBits());
    }

    @ParameterizedTest
    @CsvSource({"2, 0x1000, 46", "6, 0x1000, 46", "4, 0x200000, 46", "4, 0x3000, 46", "4, 0x8000001000, 46",
        "4, 0x1000, 12", "4, 0x1000, 53", "4, 0, 46"})
    void otherShapesAreRefused(int levels, String pageSizes, int outputBits) {
        assertEquals(Reason.INCOMPATIBLE, assertThrows(IommuException.class,
                () -> new VtdSecondStage(levels, Long.decode(pageSizes), outputBits)).reason());
    }
}
