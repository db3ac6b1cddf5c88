package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FirstStageTest {
    private static final int RID = 0x0010;
    private static final int READ_WRITE = Protection.READ | Protection.WRITE;

    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_BOTH);
    private final VtdDriver driver = new VtdDriver(1, 50_000_000);
    private final Gather gather = new Gather();
    private DriverUnit driven;

    @BeforeEach
    void start() {
        driven = driver.attach(unit);
        unit.registers.takeLog();
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void a_first_stage_entry_is_that_of_section_9_6_and_needs_no_invalidation_when_its_table_is_new() {
        PagingDomain<?> domain = (PagingDomain<?>) driven.allocate(7);

        assertEquals(AttachMethod.FRESH, driven.attach(RID, domain));

        long entry = table();
        assertEquals(0x49, board.memory.load64(entry), "PGTT 1, AW 2, P, as Linux writes it");
        assertEquals(0x80_0002, board.memory.load64(entry + 8), "PWSNP, DID 2");
        assertEquals(domain.root(), board.memory.load64(entry + 16), "FSPTPTR, FSPM 0: 4 levels");
        assertEquals(0, board.memory.load64(entry + 24));
        assertEquals(List.of(), unit.registers.takeLog());
    }

    @Test
    void another_first_stage_table_comes_by_a_copy_that_is_whole_before_it_is_linked() {
        PagingDomain<?> first = (PagingDomain<?>) driven.allocate(7);
        PagingDomain<?> second = (PagingDomain<?>) driven.allocate(8);
        driven.attach(RID, first);
        long old = table();
        board.memory.store64(old + 64, 0x1234); // another PASID's entry
        List<String> steps = new ArrayList<>();
        board.onFlush = pa -> steps.add(pa == directory() ? "directory leads to " + (table() == old ? "old" : "copy")
                + " with " + describe(table(), first, second) : "");
        unit.registers.onDescriptor = () -> steps.add("invalidate, old table is "
                + (board.isFree(old) ? "free" : "there") + " with " + describe(old, first, second));

        assertEquals(AttachMethod.TABLE_SWING, driven.attach(RID, second));

        steps.removeIf(String::isEmpty);
        assertEquals(List.of("directory leads to copy with second", "invalidate, old table is there with first",
                "invalidate, old table is there with first"), steps);
        assertTrue(board.isFree(old));
        assertEquals(0x1234, board.memory.load64(table() + 64), "other entries are copied");
        assertEquals(List.of("Q 37 0", "Q 20026 0"), unit.registers.takeLog(),
                "PASID cache, then what PASID 0 has cached under the old id 2 (6.5.2.2, 6.5.2.4)");
    }

    @Test
    void one_store_is_enough_wherever_the_pointer_of_the_first_stage_does_not_change() {
        DriverDomain first = driven.allocate(7);
        DriverDomain second = driven.allocate(8, Set.of(DomainFlag.DIRTY_TRACKING));
        driven.attach(RID, first);
        int stores = board.stores128;
        long table = table();

        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, second));
        assertEquals(List.of("Q 20017 0", "Q 20026 0"), unit.registers.takeLog());
        assertEquals(((PagingDomain<?>) second).root() | 0x89, board.memory.load64(table), "SSPTPTR, PGTT 2, AW 2, P");
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.identity()));
        assertEquals(List.of("Q 30017 0", "Q 300e2 0"), unit.registers.takeLog());
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, first), "the ignored pointer was kept");
        assertEquals(0x49, board.memory.load64(table));
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.blocked()));
        assertEquals(AttachMethod.FRESH, driven.attach(RID, first));
        assertEquals(stores + 5, board.stores128);
        assertEquals(table, table(), "no table was swung");
    }

    @Test
    void from_second_stage_and_from_blocked_to_a_new_pointer_the_table_is_swung() {
        DriverDomain second = driven.allocate(8, Set.of(DomainFlag.DIRTY_TRACKING));
        driven.attach(RID, second);
        long table = table();
        assertEquals(AttachMethod.TABLE_SWING, driven.attach(RID, driven.allocate(7)));
        assertTrue(board.isFree(table));
        assertEquals(List.of("Q 37 0", "Q 200e2 0"), unit.registers.takeLog());

        driven.attach(RID, driven.blocked());
        unit.registers.takeLog();
        table = table();
        assertEquals(AttachMethod.FRESH, driven.attach(RID, driven.allocate(9)));
        assertTrue(board.isFree(table));
        assertEquals(List.of("Q 37 0", "Q 20026 0"), unit.registers.takeLog(),
                "nothing is cached of a blocked entry, but a walk may be in the old table");
    }

    @Test
    void an_invalidation_that_fails_swings_the_old_table_back_and_frees_neither() {
        DriverDomain first = driven.allocate(7);
        driven.attach(RID, first);
        long old = table();
        unit.registers.malformed = 0x37;

        assertEquals(Reason.IO,
                assertThrows(IommuException.class, () -> driven.attach(RID, driven.allocate(8))).reason());

        assertEquals(old, table());
        assertFalse(board.isFree(old));
        assertEquals(((PagingDomain<?>) first).root(), board.memory.load64(old + 16));
    }

    @Test
    void without_memory_for_the_copy_the_old_table_stays() {
        FakeUnit small = new FakeUnit(board, "dmar1", FakeUnit.CAP, FakeUnit.ECAP_BOTH);
        small.frames = board.frames(9 * 4096);
        DriverUnit other = driver.attach(small); // root, queue 2, status: 4 frames
        DriverDomain first = other.allocate(7);
        other.attach(RID, first); // context table, directory, PASID table: 3 frames, and 2 roots
        DriverDomain second = other.allocate(8);

        assertEquals(Reason.NO_MEMORY,
                assertThrows(IommuException.class, () -> other.attach(RID, second)).reason());

        assertEquals(AttachMethod.NONE, other.attach(RID, first));
        second.free();
    }

    @Test
    void unmapping_invalidates_by_pasid_as_linux_does() {
        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        assertEquals(List.of("Q 20036 ffff8040"), unmapped(domain, 0xffff8000L, 1), "golden: G 3, AM 0, IH 1");
        assertEquals(List.of("Q 20036 fff90044"), unmapped(domain, 0xfff90000L, 12));
        domain.map(0x1000, 0x100000, 0x1000, READ_WRITE, gather);
        domain.map(0x7f_ffff_f000L, 0x100000, 0x1000, READ_WRITE, gather);
        domain.unmap(0x1000, 0x1000, gather);
        domain.unmap(0x7f_ffff_f000L, 0x1000, gather);
        domain.sync(gather);
        assertEquals(List.of("Q 20026 0"), unit.registers.takeLog(), "beyond MAMV: all of the PASID (G 2)");
    }

    @Test
    void five_levels_serve_56_bits_and_57_in_the_second_stage() {
        // MGAW 57, SAGAW 3 to 5 levels, FS5LP, FS1GP
        long cap = FakeUnit.CAP & ~(0x3fL << 16 | 0x1fL << 8) | 56L << 16 | 0xeL << 8 | 1L << 60 | 1L << 56;
        FakeUnit wide = new FakeUnit(board, "dmar1", cap, FakeUnit.ECAP_BOTH);
        DriverUnit other = driver.attach(wide);
        PagingDomain<?> first = (PagingDomain<?>) other.allocate(7);
        DriverDomain second = other.allocate(8, Set.of(DomainFlag.DIRTY_TRACKING));
        assertEquals((1L << 56) - 1, first.lastIova());
        assertEquals((1L << 57) - 1, second.lastIova());
        assertEquals(0x40201000L, first.pageSizes());
        assertEquals(56, other.capabilities().addressBits());

        first.map(0xff_ffff_ffff_f000L, 0x100000, 0x1000, READ_WRITE, gather);
        other.attach(RID, first);

        List<WalkStep> steps = other.walk(RID, 0xff_ffff_ffff_f000L);
        assertEquals(9, steps.size());
        assertEquals(first.root() | 4, steps.get(3).words().get(2), "FSPM 1: 5 levels");
        assertEquals(List.of(0x100067L), steps.get(8).words(), "golden: P, RW, US, A, D");
        assertEquals("first-stage page entry, level 1", steps.get(8).name());
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> driven.attach(RID, first)).reason(), "4 levels only");
    }

    @Test
    void a_unit_with_the_first_stage_alone_uses_it_and_tracks_nothing() {
        FakeUnit alone = new FakeUnit(board, "dmar1", FakeUnit.CAP, FakeUnit.ECAP_BOTH & ~(1L << 46));
        DriverUnit other = driver.attach(alone);
        assertEquals((1L << 47) - 1, other.allocate(7).lastIova());
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class,
                () -> other.allocate(8, Set.of(DomainFlag.DIRTY_TRACKING))).reason());
        DriverDomain second = driven.allocate(9, Set.of(DomainFlag.DIRTY_TRACKING));
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> other.attach(RID, second)).reason());
    }

    @Test
    void a_successor_goes_on_in_the_first_stage_and_one_that_does_not_know_it_refuses() {
        DriverDomain domain = driven.allocate(7);
        domain.map(0x5000, 0x105000, 0x1000, READ_WRITE, gather);
        driven.attach(RID, domain);
        HandoverRecord record = driven.leave();
        assertEquals(List.of(7L, 1L, 0L), words(record, "domain.forms"), "first stage");
        assertFalse(record.optional().contains("domain.forms"));

        DriverUnit next = new VtdDriver(2, 50_000_000).adopt(unit, record);

        DriverDomain same = next.domain(7);
        assertEquals(0x105000, same.translate(0x5000));
        assertEquals(AttachMethod.NONE, next.attach(RID, same));
        assertEquals(AttachMethod.TABLE_SWING, next.attach(RID, next.allocate(8)));
    }

    private List<String> unmapped(DriverDomain domain, long iova, int pages) {
        domain.map(iova, 0x10001000, pages * 4096L, READ_WRITE, gather);
        assertEquals(pages * 4096L, domain.unmap(iova, pages * 4096L, gather));
        domain.sync(gather);
        return unit.registers.takeLog();
    }

    private String describe(long table, PagingDomain<?> first, PagingDomain<?> second) {
        long root = board.memory.load64(table + 16);
        boolean whole = board.memory.load64(table) == 0x49
                && board.memory.load64(table + 8) == (root == first.root() ? 0x80_0002 : 0x80_0003);
        return !whole ? "a mixture" : root == first.root() ? "first" : root == second.root() ? "second" : "nothing";
    }

    private static List<Long> words(HandoverRecord record, String tag) {
        List<Long> words = new ArrayList<>();
        for (long word : record.tags().get(tag)) {
            words.add(word);
        }
        return words;
    }

    /** Sections 9.2, 9.4: LP of bus 0, 32 bytes a function; the directory. */
    private long directory() {
        long root = unit.registers.get(0x20) & -4096;
        long contexts = board.memory.load64(root) & -4096;
        return board.memory.load64(contexts + RID * 32) & -4096;
    }

    /** Section 9.5: entry 0 of the directory leads to the table of PASIDs 0 to 63. */
    private long table() {
        return board.memory.load64(directory()) & -4096;
    }
}
