package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncTest {
    private static final int READ_WRITE = Protection.READ | Protection.WRITE;

    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_LEGACY);
    private final VtdDriver driver = new VtdDriver(1, 50_000_000);
    private final Gather gather = new Gather();
    private DriverUnit driven;
    private DriverDomain domain;

    @BeforeEach
    void attach() {
        driven = driver.attach(unit);
        domain = driven.allocate(1);
        driven.attach(0x10, domain);
        unit.registers.takeLog();
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void mapping_sends_nothing() {
        domain.map(0x1000, 0x100000, 0x3000, READ_WRITE, gather);

        assertEquals(List.of(), unit.registers.takeLog());
        assertEquals(0x101234, domain.translate(0x2234));
    }

    @Test
    void an_unmap_is_one_page_selective_invalidation_of_the_covering_power_of_two() {
        assertEquals(List.of("Q 200f2 ffff8040"), unmapped(0xffff8000L, 1), "AM 0, IH 1, as Linux sends it");
        assertEquals(List.of("Q 200f2 fff90044"), unmapped(0xfff90000L, 12), "12 pages: AM 4");
        assertEquals(List.of("Q 200f2 ffd48042"), unmapped(0xffd48000L, 3), "3 pages: AM 2");
        assertEquals(List.of("Q 200f2 ff7f8043"), unmapped(0xff7fb000L, 2), "2 pages astride a multiple of 4: AM 3");
    }

    @Test
    void a_table_that_was_unlinked_is_invalidated_with_IH_0_and_freed_only_afterwards() {
        domain.map(0x200000, 0x10001000, 0x200000, READ_WRITE, gather);
        domain.unmap(0x200000, 0x200000, gather);
        assertTrue(gather.tableCount() > 0);
        long table = gather.table(0);
        assertFalse(board.isFree(table));
        unit.registers.stalled = true;

        assertThrows(IommuException.class, () -> domain.sync(gather));
        assertFalse(board.isFree(table), "an invalidation that is not complete frees nothing");

        unit.registers.stalled = false;
        unit.registers.runQueue();
        unit.registers.takeLog();
        domain.sync(gather);
        assertEquals(List.of("Q 200f2 200009"), unit.registers.takeLog());
        assertTrue(board.isFree(table));
        assertEquals(0, gather.tableCount());
        assertTrue(gather.isEmpty());
    }

    @Test
    void beyond_MAMV_the_whole_domain_is_invalidated() {
        domain.map(0x1000, 0x100000, 0x1000, READ_WRITE, gather);
        domain.map(0x7f_ffff_f000L, 0x100000, 0x1000, READ_WRITE, gather);
        domain.unmap(0x1000, 0x1000, gather);
        domain.unmap(0x7f_ffff_f000L, 0x1000, gather);

        domain.sync(gather);

        assertEquals(List.of("Q 200e2 0"), unit.registers.takeLog());
    }

    @Test
    void a_unit_without_page_selective_invalidation_or_drains_is_asked_for_neither() {
        FakeUnit plain = new FakeUnit(board, "dmar1", FakeUnit.CAP & ~(1L << 39 | 3L << 54), FakeUnit.ECAP_LEGACY);
        DriverUnit other = driver.attach(plain);
        DriverDomain there = other.allocate(2);
        other.attach(0x20, there);
        plain.registers.takeLog();
        there.map(0x1000, 0x100000, 0x1000, READ_WRITE, gather);
        there.unmap(0x1000, 0x1000, gather);

        there.sync(gather);

        assertEquals(List.of("Q 20022 0"), plain.registers.takeLog());
    }

    @Test
    void a_domain_on_two_units_is_invalidated_on_both_and_on_neither_after_detach() {
        FakeUnit second = new FakeUnit(board, "dmar1", FakeUnit.CAP, FakeUnit.ECAP_SCALABLE);
        DriverUnit other = driver.attach(second);
        other.attach(0x99, other.allocate(2)); // takes id 2 there
        other.attach(0x20, domain);
        second.registers.takeLog();

        assertEquals(List.of("Q 200f2 5040"), unmapped(0x5000, 1));
        assertEquals(List.of("Q 300f2 5040"), second.registers.takeLog());

        driven.attach(0x10, driven.blocked());
        other.attach(0x20, other.blocked());
        unit.registers.takeLog();
        second.registers.takeLog();
        assertEquals(List.of(), unmapped(0x5000, 1));
        assertEquals(List.of(), second.registers.takeLog());
        domain.free();
    }

    @Test
    void an_empty_gather_sends_nothing() {
        domain.sync(gather);

        assertEquals(List.of(), unit.registers.takeLog());
    }

    private List<String> unmapped(long iova, int pages) {
        domain.map(iova, 0x10001000, pages * 4096L, READ_WRITE, gather);
        assertEquals(pages * 4096L, domain.unmap(iova, pages * 4096L, gather));
        domain.sync(gather);
        return unit.registers.takeLog();
    }
}
