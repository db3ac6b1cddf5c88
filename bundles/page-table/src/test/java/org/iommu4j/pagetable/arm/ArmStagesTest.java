package org.iommu4j.pagetable.arm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.pagetable.Format;
import org.junit.jupiter.api.Test;

/** Bits typed from DDI 0487, section D8.3, and from entries that Linux wrote (golden data). */
class ArmStagesTest {
    private static final int RW = Protection.READ | Protection.WRITE;

    private final ArmStage1 first = new ArmStage1(12, 48, 44, false);
    private final ArmStage1 marking = new ArmStage1(12, 48, 44, true);
    private final ArmStage2 second = new ArmStage2(12, 40, 40);

    @Test
    void stage_1_leaves_are_those_that_Linux_writes() {
        assertEquals(0x42390f47L, leaf(first, 0, 0x42390000L, RW | Protection.CACHE));
        assertEquals(0x4d270fc7L, leaf(first, 0, 0x4d270000L, Protection.READ | Protection.CACHE));
        assertEquals(0x4ce00f45L, leaf(first, 1, 0x4ce00000L, RW | Protection.CACHE));
        assertEquals(0x0060000008090e4bL, leaf(first, 0, 0x8090000L, RW | Protection.NOEXEC | Protection.MMIO));
        assertEquals(0x46d92003L, first.link(0x46d92000L, 1));
    }

    @Test
    void stage_2_leaves_grant_reading_and_writing_apart() {
        assertEquals(0x1007ffL, leaf(second, 0, 0x100000L, RW | Protection.CACHE));
        assertEquals(0x10077fL, leaf(second, 0, 0x100000L, Protection.READ | Protection.CACHE));
        assertEquals(0x1007bfL, leaf(second, 0, 0x100000L, Protection.WRITE | Protection.CACHE));
        assertEquals(0x2007fdL, leaf(second, 1, 0x200000L, RW | Protection.CACHE));
        assertEquals(0x00600000080906c7L, leaf(second, 0, 0x8090000L, RW | Protection.NOEXEC | Protection.MMIO));
        assertEquals(Protection.WRITE, second.protection(leaf(second, 0, 0x100000L, Protection.WRITE)));
    }

    @Test
    void the_mark_of_a_write_is_the_refusal_taken_back() {
        long written = leaf(marking, 0, 0x1000, RW);
        assertEquals(1L << 51, written & (1L << 51 | 1L << 7));
        assertTrue(marking.isDirty(written));
        long cleaned = marking.cleaned(written);
        assertEquals(1L << 51 | 1L << 7, cleaned & (1L << 51 | 1L << 7));
        assertFalse(marking.isDirty(cleaned));
        assertEquals(RW, marking.protection(cleaned));
        assertFalse(marking.isDirty(leaf(marking, 0, 0x1000, Protection.READ)));
        assertFalse(first.marksWrites());
    }

    @Test
    void shapes_are_those_of_the_granules() {
        assertShape(first, 4, 12, 0x40201000L);
        assertShape(new ArmStage1(14, 48, 44, false), 4, 14, 0x2004000L);
        assertShape(new ArmStage1(16, 48, 44, false), 3, 16, 0x20010000L);
        assertShape(new ArmStage1(12, 39, 44, false), 3, 12, 0x40201000L);
    }

    @Test
    void stage_2_roots_are_concatenated_where_that_saves_a_level() {
        assertShape(second, 3, 13, 0x40201000L);
        assertShape(new ArmStage2(12, 43, 43), 3, 16, 0x40201000L);
        assertShape(new ArmStage2(12, 44, 44), 4, 12, 0x40201000L);
        assertShape(new ArmStage2(14, 48, 48), 3, 15, 0x2004000L);
        assertShape(new ArmStage2(16, 44, 44), 2, 18, 0x20010000L);
        assertShape(new ArmStage2(16, 48, 48), 3, 16, 0x20010000L);
        assertShape(new ArmStage2(12, 34, 40), 2, 16, 0x201000L);
    }

    @Test
    void other_shapes_are_refused() {
        assertThrows(IommuException.class, () -> new ArmStage1(13, 48, 44, false));
        assertThrows(IommuException.class, () -> new ArmStage1(12, 52, 44, false));
        assertThrows(IommuException.class, () -> new ArmStage2(12, 40, 52));
    }

    private static void assertShape(Format format, int levels, int rootLg2, long sizes) {
        assertEquals(levels, format.levels());
        assertEquals(rootLg2, format.rootLg2());
        assertEquals(sizes, format.pageSizes());
    }

    private static long leaf(Format format, int level, long pa, int protection) {
        return format.leaf(pa, format.attributes(level, protection));
    }
}
