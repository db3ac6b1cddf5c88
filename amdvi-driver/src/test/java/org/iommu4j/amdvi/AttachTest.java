package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Set;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AttachTest {
    private static final int RID = 0x0108;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final FakeBoard board = FakeUnit.board();
    private final Gather gather = new Gather();
    private FakeUnit unit;
    private DriverUnit driven;

    @AfterEach
    void close() {
        board.close();
    }

    private void start(long efr, boolean npCache, boolean guest) {
        unit = new FakeUnit(board, "ivhd0", efr, npCache);
        driven = new AmdDriver(1, 50_000_000, guest).attach(unit);
        unit.registers.takeLog();
    }

    @Test
    void entries_of_host_tables_are_those_that_linux_writes_each_by_one_store() {
        start(FakeUnit.EFR, false, false);
        PagingDomain<?> domain = (PagingDomain<?>) driven.allocate(7);
        int stores = board.stores128;

        assertEquals(AttachMethod.FRESH, driven.attach(RID, domain));
        assertEquals(domain.root() | 0x6000000000000603L, board.memory.load64(unit.entry(RID)),
                "IW, IR, Mode 3, TV, V");
        assertEquals(2, board.memory.load64(unit.entry(RID) + 8), "DomainID 2");
        assertEquals(List.of("Q 2000000000000108 0"), unit.registers.takeLog(), "the entry of 01:01.0");

        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.identity()));
        assertEquals(0x6000000000000003L, board.memory.load64(unit.entry(RID)), "IW, IR, Mode 0");
        assertEquals(1, board.memory.load64(unit.entry(RID) + 8), "DomainID 1");
        assertEquals(List.of("Q 2000000000000108 0", "Q 3000000200000000 7ffffffffffff003"),
                unit.registers.takeLog(), "the entry, then all of the old domain 2, PDE");

        assertEquals(AttachMethod.ENTRY_UPDATE, driven.attach(RID, driven.blocked()));
        assertEquals(3, board.memory.load64(unit.entry(RID)));
        assertEquals(0, board.memory.load64(unit.entry(RID) + 8));
        assertEquals(stores + 3, board.stores128);
        assertEquals(AttachMethod.NONE, driven.attach(RID, driven.blocked()));
    }

    @Test
    void guest_tables_hang_in_a_gcr3_table_of_the_device() {
        start(FakeUnit.EFR_ALL, false, true);
        PagingDomain<?> domain = (PagingDomain<?>) driven.allocate(7);
        driven.attach(RID, domain);
        long low = board.memory.load64(unit.entry(RID));
        long high = board.memory.load64(unit.entry(RID) + 8);
        assertEquals(0x62c0000000000003L, low & 0xe3ffffffffffffffL, "IW, IR, GLX 2, GV, GIoV, Mode 0, TV, V");
        long gcr3 = (low >>> 58 & 7) << 12 | (high >>> 16 & 0xffff) << 15 | high >>> 43 << 31;
        for (int level = 0; level < 2; level++) {
            long next = board.memory.load64(gcr3);
            assertEquals(1, next & 0xfff, "V");
            gcr3 = next & -4096;
        }
        assertEquals(domain.root() | 1, board.memory.load64(gcr3), "three levels: 20 bits of PASID");
        assertEquals(2, high & 0xffff);

        domain.map(0x5000, 0x1_0000_0000L, 0x1000, RW, gather);
        unit.registers.takeLog();
        domain.unmap(0x5000, 0x1000, gather);
        domain.sync(gather);
        assertEquals(List.of("Q 3000000200000000 5004"), unit.registers.takeLog(), "GN, PASID 0, one page");
        assertEquals((1L << 47) - 1, domain.lastIova());
    }

    @Test
    void one_guest_table_replaces_another_by_swinging_a_new_gcr3_table() {
        start(FakeUnit.EFR_ALL, false, true);
        driven.attach(RID, driven.allocate(7));
        long held = board.frames.held();
        DriverDomain other = driven.allocate(8);
        long root = board.frames.held() - held;
        assertEquals(AttachMethod.TABLE_SWING, driven.attach(RID, other));
        assertEquals(held + root, board.frames.held(), "the old one is freed");
        driven.attach(RID, driven.blocked());
        assertEquals(held + root - 3 * 4096, board.frames.held());
    }

    @Test
    void unmapping_invalidates_the_range_and_with_it_tables_only_if_some_were_freed() {
        start(FakeUnit.EFR, false, false);
        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        unit.registers.takeLog();
        domain.map(0x10000, 0x1_0001_0000L, 0x8000, RW, gather);
        assertEquals(List.of(), unit.registers.takeLog(), "absent entries are not cached");
        domain.unmap(0x10000, 0x8000, gather);
        domain.sync(gather);
        assertEquals(List.of("Q 3000000200000000 13001"), unit.registers.takeLog(), "S, 8 pages: 13:12 ones, 14 zero");
        domain.map(0x200000, 0x1_0000_1000L, 0x200000, RW, gather);
        domain.unmap(0x200000, 0x200000, gather);
        assertEquals(1, gather.tableCount());
        domain.sync(gather);
        assertEquals(List.of("Q 3000000200000000 2ff003"), unit.registers.takeLog(), "2 MiB at 2 MiB, PDE");
    }

    @Test
    void mapping_translating_and_unmapping_allocate_nothing() {
        ThreadMXBean standard = ManagementFactory.getThreadMXBean();
        assumeTrue(standard instanceof com.sun.management.ThreadMXBean);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) standard;
        start(FakeUnit.EFR, false, false);
        DriverDomain domain = driven.allocate(7); // in no unit: the fake one's log would allocate
        domain.map(0, 0x1_0000_0000L, 0x1000, RW, gather);
        long allocated = 0;
        for (int warm = 0; warm < 2; warm++) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int round = 0; round < 10_000; round++) {
                domain.map(0x10000, 0x1_0001_0000L, 0x8000, RW, gather);
                domain.translate(0x12345, gather);
                domain.unmap(0x10000, 0x8000, gather);
                domain.sync(gather);
            }
            allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }
        assertTrue(allocated < 10_000, allocated + " bytes in 10000 rounds; one object each is 16 at least");
    }

    @Test
    void a_unit_that_caches_absent_entries_hears_of_what_is_mapped() {
        start(FakeUnit.EFR, true, false);
        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        unit.registers.takeLog();
        domain.map(0x5000, 0x1_0000_5000L, 0x1000, RW, gather);
        assertEquals(List.of("Q 3000000200000000 5002"), unit.registers.takeLog(), "one page, PDE");
    }

    @Test
    void dirty_tracking_is_HAD_in_each_entry_of_the_domain() {
        start(FakeUnit.EFR_ALL, false, false);
        DriverDomain domain = driven.allocate(7, Set.of(DomainFlag.DIRTY_TRACKING));
        driven.attach(RID, domain);
        driven.attach(RID + 1, domain);
        unit.registers.takeLog();
        driven.dirtyTracking(domain, true);
        for (int rid = RID; rid < RID + 3; rid++) {
            assertEquals(rid < RID + 2 ? 3 : 0, board.memory.load64(unit.entry(rid)) >>> 7 & 3);
        }
        assertEquals(List.of("Q 2000000000000108 0", "Q 2000000000000109 0", "Q 3000000200000000 7ffffffffffff003"),
                unit.registers.takeLog());
        driven.dirtyTracking(domain, false);
        assertEquals(0, board.memory.load64(unit.entry(RID)) >>> 7 & 3);
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class,
                () -> driven.dirtyTracking(driven.allocate(8), true)).reason());
    }

    @Test
    void a_failed_invalidation_leaves_the_old_entry_and_keeps_the_id() {
        start(FakeUnit.EFR, false, false);
        DriverDomain first = driven.allocate(7);
        DriverDomain second = driven.allocate(8);
        driven.attach(RID, first);
        long low = board.memory.load64(unit.entry(RID));
        unit.registers.stalled = true;
        assertEquals(Reason.TIMEOUT,
                assertThrows(IommuException.class, () -> driven.attach(RID, second)).reason());
        assertEquals(low, board.memory.load64(unit.entry(RID)));
        unit.registers.stalled = false;
        unit.registers.runCommands();
        driven.attach(RID + 1, driven.allocate(9));
        assertEquals(4, board.memory.load64(unit.entry(RID + 1) + 8), "3 may be cached for domain 8");
    }

    @Test
    void walk_shows_the_way_from_the_entry_to_the_page() {
        start(FakeUnit.EFR_ALL, false, false);
        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        domain.map(0x10000, 0x1_0001_0000L, 0x10000, RW, gather);
        List<WalkStep> steps = driven.walk(RID, 0x12345);
        assertEquals(4, steps.size());
        assertTrue(steps.get(0).fields().containsAll(List.of("V=1", "TV=1", "Mode=3", "DomainID=2")),
                steps.get(0).toString());
        assertTrue(steps.get(1).fields().contains("NextLevel=2"), steps.get(1).toString());
        assertTrue(steps.get(3).fields().containsAll(List.of("NextLevel=7", "FC=1")), steps.get(3).toString());
        assertEquals(1, driven.walk(0, 0).size());
    }

    @Test
    void counts_are_by_command() {
        start(FakeUnit.EFR, false, false);
        driven.attach(RID, driven.allocate(7));
        assertEquals(List.of("COMPLETION_WAIT=2", "INVALIDATE_DEVTAB_ENTRY=1", "INVALIDATE_IOMMU_ALL=1"),
                driven.queueCounts());
    }

    @Test
    void stopping_blocks_everybody() {
        start(FakeUnit.EFR, false, false);
        driven.attach(RID, driven.allocate(7));
        driven.attach(RID + 1, driven.identity());
        driven.stop();
        assertEquals(3, board.memory.load64(unit.entry(RID)));
        assertEquals(3, board.memory.load64(unit.entry(RID + 1)));
    }
}
