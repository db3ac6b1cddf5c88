package org.iommu4j.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.smmuv3.fake.FakeRegisters;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttachTest {
    private static final int STREAM = 0x118;
    private static final int RW = Protection.READ | Protection.WRITE | Protection.CACHE;
    private static final long BOUND = 50_000_000;
    /** In FakeUnit: CFGI_STE leaf of STREAM, and CFGI_CD_ALL. */
    private static final List<String> FORGET_STREAM = List.of("Q 11800000003 1");

    private final FakeBoard board = FakeUnit.board();
    private final SmmuDriver driver = new SmmuDriver(2, BOUND);
    private final Gather gather = new Gather();

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void a_first_attach_makes_the_table_of_256_streams_and_writes_what_Linux_writes() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverUnit driven = driver.attach(unit);
        DriverDomain domain = driven.allocate(1);
        domain.map(0xffdfd000L, 0x42390000L, 0x1000, RW, gather);
        unit.registers.takeLog();

        assertEquals(AttachMethod.FRESH, driven.attach(STREAM, domain));

        List<WalkStep> walk = driven.walk(STREAM, 0xffdfd000L);
        assertEquals(List.of("L1 stream table entry", "STE", "CD", "table descriptor, level 0",
                "table descriptor, level 1", "table descriptor, level 2", "stage 1 descriptor, level 3"),
                walk.stream().map(WalkStep::name).toList());
        // golden entries.csv: an STE is its CD's address | 0xb, 0xd6; a CD 0x....e204c0003510, TTB, 0, MAIR
        long contexts = walk.get(2).pa();
        assertEquals(List.of(contexts | 0xb, 0xd6L, 0L, 0L, 0L, 0L, 0L, 0L), walk.get(1).words());
        assertEquals(List.of(0x0001e204c0003510L, walk.get(3).pa(), 0L, 0xfffffffff404ff44L),
                walk.get(2).words().subList(0, 4));
        assertEquals(List.of(0x42390f47L), walk.get(6).words());
        // Word 1 first, then word 0: each followed by CFGI_STE (leaf 0: level 1 changed) and CFGI_CD_ALL
        assertEquals(List.of("Q 11800000003 0", "Q 11800000003 0"),
                unit.registers.takeLog());
    }

    @Test
    void blocked_identity_and_stage_1_change_into_each_other_in_place() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverUnit driven = driver.attach(unit);
        DriverDomain domain = driven.allocate(1);
        assertEquals(AttachMethod.FRESH, driven.attach(STREAM, driven.identity()));
        assertEquals(List.of(9L, 1L << 44), words(driven).subList(0, 2));
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(STREAM, domain));
        unit.registers.takeLog();
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(STREAM, driven.identity()));
        // SHCFG first, then word 0, then the rest of word 1; then all of ASID 1
        List<String> expected = new ArrayList<>(FORGET_STREAM);
        expected.addAll(FORGET_STREAM);
        expected.addAll(FORGET_STREAM);
        expected.add("Q 1000000000011 0");
        assertEquals(expected, unit.registers.takeLog());
        assertEquals(AttachMethod.NONE, driven.attach(STREAM, driven.identity()));
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(STREAM, driven.blocked()));
        assertEquals(1L, words(driven).get(0));
        domain.free();
    }

    @Test
    void stage_1_to_stage_1_swings_in_a_copy_of_the_context_table() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverUnit driven = driver.attach(unit);
        DriverDomain first = driven.allocate(1);
        DriverDomain second = driven.allocate(2);
        driven.attach(STREAM, first);
        long before = driven.walk(STREAM, 0).get(2).pa();
        unit.registers.takeLog();

        assertEquals(AttachMethod.TABLE_SWING, driven.attach(STREAM, second));

        assertTrue(board.isFree(before));
        assertEquals(2, driven.walk(STREAM, 0).get(2).words().get(0) >>> 48);
        assertEquals(List.of("Q 11800000003 1", "Q 1000000000011 0"), unit.registers.takeLog());
        driven.attach(0x200, driven.allocate(3));
        assertEquals(1, driven.walk(0x200, 0).get(2).words().get(0) >>> 48, "ASID 1 is free again");
    }

    @Test
    void with_many_substreams_the_entry_of_level_1_is_swung() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0, FakeUnit.IDR1 | 20 << 6, FakeUnit.IDR3);
        DriverUnit driven = driver.attach(unit);
        driven.attach(STREAM, driven.allocate(1));
        List<WalkStep> walk = driven.walk(STREAM, 0);
        assertEquals("L1 CD table entry", walk.get(2).name());
        // S1CDMax 15, S1Fmt 1 (4 KiB tables)
        assertEquals(15L << 59 | walk.get(2).pa() | 1 << 4 | 0xb, walk.get(1).words().get(0));
        unit.registers.takeLog();

        assertEquals(AttachMethod.TABLE_SWING, driven.attach(STREAM, driven.allocate(2)));

        assertEquals(walk.get(1).words(), words(driven));
        assertTrue(board.isFree(walk.get(3).pa()));
        assertEquals(List.of("Q 11800000006 0", "Q 1000000000011 0"), unit.registers.takeLog());
    }

    @Test
    void stage_2_to_stage_2_swings_in_a_copy_of_the_stream_table() {
        FakeUnit unit = unit(FakeUnit.IDR0 & ~FakeUnit.S1P);
        DriverUnit driven = driver.attach(unit);
        DriverDomain first = driven.allocate(1);
        driven.attach(STREAM, first);
        driven.attach(0x101, driven.identity());
        List<WalkStep> walk = driven.walk(STREAM, 0);
        // S2R, S2AA64, S2PS 4 (44 bits), S2TG 0, inner shareable write-back, SL0 2 (4 levels), T0SZ 20, VMID 1
        assertEquals(List.of(0xdL, 1L << 44, 0x040c359400000001L, walk.get(2).pa()), words(driven).subList(0, 4));
        unit.registers.takeLog();

        assertEquals(AttachMethod.TABLE_SWING, driven.attach(STREAM, driven.allocate(2)));

        assertEquals(0x040c359400000002L, words(driven).get(2));
        assertTrue(board.isFree(walk.get(1).pa() & -0x4000), "the former table of 256 streams");
        assertEquals(0x9L, driven.walk(0x101, 0).get(1).words().get(0), "a neighbour stays");
        // CFGI_STE_RANGE of 2^8 streams from 0x100; TLBI_S12_VMALL of VMID 1
        assertEquals(List.of("Q 10000000004 7", "Q 100000028 0"), unit.registers.takeLog());
    }

    @Test
    void a_table_of_two_levels_is_made_for_few_streams_too_so_that_it_can_be_swung() {
        int sixBits = FakeUnit.IDR1 & ~0x3f | 6;
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0 & ~FakeUnit.S1P, sixBits, FakeUnit.IDR3);
        DriverUnit driven = driver.attach(unit);
        assertEquals(0x10206, unit.registers.get(0x88), "FMT 1, SPLIT 8, LOG2SIZE 6");
        driven.attach(63, driven.allocate(1));
        assertEquals(AttachMethod.TABLE_SWING, driven.attach(63, driven.allocate(2)));
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> driven.attach(64, driven.blocked())).reason());
    }

    @Test
    void a_stream_table_of_one_level_changes_in_place_or_refuses() {
        FakeUnit unit = unit(FakeUnit.IDR0 & ~(FakeUnit.S1P | FakeUnit.ST_LEVEL));
        DriverUnit driven = driver.attach(unit);
        assertEquals(1, unit.registers.get(FakeRegisters.STRTAB_BASE) >>> 62);
        assertEquals(16, unit.registers.get(0x88));
        DriverDomain second = driven.allocate(2);
        driven.attach(STREAM, driven.allocate(1));

        IommuException refusal = assertThrows(IommuException.class, () -> driven.attach(STREAM, second));

        assertEquals(Reason.INCOMPATIBLE, refusal.reason());
        assertTrue(refusal.getMessage().startsWith("stream 0x118 cannot change from stage 2"), refusal.getMessage());
        second.free();
        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(STREAM, driven.blocked()));
    }

    @Test
    void a_failed_sync_puts_the_old_entry_back() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverUnit driven = driver.attach(unit);
        DriverDomain first = driven.allocate(1);
        driven.attach(STREAM, first);
        List<Long> before = words(driven);
        unit.registers.illegal = 0x11800000003L;

        IommuException refusal =
                assertThrows(IommuException.class, () -> driven.attach(STREAM, driven.allocate(2)));

        assertEquals(Reason.IO, refusal.reason());
        assertTrue(refusal.getMessage().startsWith("smmu0: hardware refuses the command CFGI_STE [0x11800000003 0x1]"),
                refusal.getMessage());
        assertEquals(before, words(driven));
        unit.registers.illegal = 0;
        assertEquals(AttachMethod.TABLE_SWING, driven.attach(STREAM, driven.allocate(3)));
    }

    @Test
    void ranges_are_invalidated_as_Linux_does() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverDomain domain = attached(unit);
        // golden commands.csv, with ASID 1: 26 pages, one page, a block of 2 MiB
        assertEquals(List.of("Q 100000010c012 ffc40701"), unmap(unit, domain, 0xffc40000L, 26));
        assertEquals(List.of("Q 1000000000012 ffff6701"), unmap(unit, domain, 0xffff6000L, 1));
        assertEquals(List.of("Q 1000000900012 ffa00601"), unmap(unit, domain, 0xffa00000L, 512));
        // 35 pages: 3 and 32
        assertEquals(List.of("Q 1000000002012 10000701", "Q 1000000500012 10003701"),
                unmap(unit, domain, 0x10000000L, 35));
    }

    @Test
    void an_unlinked_table_is_freed_after_an_invalidation_of_more_than_leaves() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverDomain domain = attached(unit);
        domain.map(0x200000, 0x1000000, 0x1ff000, RW, gather);
        domain.map(0x3ff000, 0x1000000, 0x1000, RW, gather);
        domain.unmap(0x200000, 0x200000, gather);
        long table = gather.table(0);
        unit.registers.takeLog();
        domain.sync(gather);
        assertEquals(List.of("Q 1000000900012 200400"), unit.registers.takeLog(), "Leaf 0, TTL 0");
        assertTrue(board.isFree(table));
    }

    @Test
    void without_ranges_pages_go_one_by_one_below_the_threshold_and_with_one_sync() {
        FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0, FakeUnit.IDR1, 0);
        DriverDomain domain = attached(unit);
        int syncs = unit.registers.syncs;
        List<String> commands = unmap(unit, domain, 0xffc40000L, 3);
        assertEquals(List.of("Q 1000000000012 ffc40001", "Q 1000000000012 ffc41001", "Q 1000000000012 ffc42001"),
                commands);
        assertEquals(1, unit.registers.syncs - syncs);
        assertEquals(511, unmap(unit, domain, 0x10001000L, 511).size(), "more than the queue holds");
        domain.map(0x20001000L, 0x10000000L, 0x200000L, RW, gather);
        domain.unmap(0x20001000L, 0x200000L, gather);
        unit.registers.takeLog();
        domain.sync(gather);
        assertEquals(List.of("Q 1000000000011 0"), unit.registers.takeLog());
    }

    @Test
    void stage_2_is_invalidated_by_address_of_the_VMID() {
        FakeUnit unit = unit(FakeUnit.IDR0 & ~FakeUnit.S1P);
        DriverDomain domain = attached(unit);
        assertEquals(List.of("Q 10000202a ffff6701"), unmap(unit, domain, 0xffff6000L, 3));
    }

    @Test
    void marks_of_writes_need_the_unit_and_are_on_from_the_start() {
        DriverUnit without = driver.attach(unit(FakeUnit.IDR0));
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class,
                () -> without.allocate(1, Set.of(DomainFlag.DIRTY_TRACKING))).reason());
        DriverUnit driven = driver.attach(new FakeUnit(board, "smmu1", FakeUnit.IDR0 | FakeUnit.HTTU));
        DriverDomain domain = driven.allocate(2, Set.of(DomainFlag.DIRTY_TRACKING));
        domain.map(0x1000, 0x5000, 0x1000, RW, gather);
        driven.attach(STREAM, domain);
        assertEquals(3L << 42, driven.walk(STREAM, 0).get(2).words().get(0) & 3L << 42, "HA, HD");
        driven.dirtyTracking(domain, true);
        List<Long> found = new ArrayList<>();
        domain.readAndClearDirty(0, 0x10000, (iova, length, lg2) -> found.add(iova), gather);
        domain.sync(gather);
        domain.readAndClearDirty(0, 0x10000, (iova, length, lg2) -> found.add(iova), gather);
        assertEquals(List.of(0x1000L), found);
        long leaf = driven.walk(STREAM, 0x1000).get(6).pa();
        board.memory.store64(leaf, board.memory.load64(leaf) & ~(1L << 7)); // hardware takes AP[2] back
        domain.readAndClearDirty(0, 0x10000, (iova, length, lg2) -> found.add(iova), gather);
        assertEquals(List.of(0x1000L, 0x1000L), found);
    }

    @Test
    void granules_other_than_4K_are_taken_where_there_is_nothing_else() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        unit.registers.put(0x14, 0x44);
        DriverUnit driven = driver.attach(unit);
        DriverDomain domain = driven.allocate(1);
        assertEquals(0x20010000L, domain.pageSizes());
        driven.attach(STREAM, domain);
        assertEquals(1, driven.walk(STREAM, 0).get(2).words().get(0) >>> 6 & 3, "TG0: 64 KiB");
        domain.map(0x10000, 0x40000, 0x30000, RW, gather);
        domain.unmap(0x10000, 0x30000, gather);
        unit.registers.takeLog();
        domain.sync(gather);
        // TG 3, NUM 2, TTL 3
        assertEquals(List.of("Q 1000000002012 10f01"), unit.registers.takeLog());
        assertEquals(DomainOps.NOT_MAPPED, domain.translate(0x10000));
    }

    @Test
    void streams_beyond_the_table_are_refused() {
        DriverUnit driven = driver.attach(unit(FakeUnit.IDR0));
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> driven.attach(1 << 16, driven.blocked())).reason());
    }

    @Test
    void stopping_blocks_everything_and_frees_the_tables() {
        FakeUnit unit = unit(FakeUnit.IDR0);
        DriverUnit driven = driver.attach(unit);
        DriverDomain domain = driven.allocate(1);
        driven.attach(STREAM, domain);
        List<WalkStep> walk = driven.walk(STREAM, 0);
        driven.stop();
        assertEquals(0, board.memory.load64(walk.get(0).pa()));
        assertTrue(board.isFree(walk.get(1).pa() & -4096));
        assertTrue(board.isFree(walk.get(2).pa()));
        assertEquals(0xd, unit.registers.get(FakeRegisters.CR0));
    }

    private FakeUnit unit(int idr0) {
        return new FakeUnit(board, "smmu0", idr0);
    }

    private DriverDomain attached(FakeUnit unit) {
        DriverUnit driven = driver.attach(unit);
        DriverDomain domain = driven.allocate(1);
        driven.attach(STREAM, domain);
        return domain;
    }

    private List<String> unmap(FakeUnit unit, DriverDomain domain, long iova, int pages) {
        domain.map(iova, 0x40000000L, pages * 0x1000L, RW, gather);
        domain.unmap(iova, pages * 0x1000L, gather);
        unit.registers.takeLog();
        domain.sync(gather);
        return unit.registers.takeLog();
    }

    private static List<Long> words(DriverUnit driven) {
        return driven.walk(STREAM, 0).get(1).name().equals("STE") ? driven.walk(STREAM, 0).get(1).words()
                : driven.walk(STREAM, 0).get(0).words();
    }
}
