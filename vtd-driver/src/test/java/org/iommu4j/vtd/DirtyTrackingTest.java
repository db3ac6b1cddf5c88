package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirtyTrackingTest {
    private static final int RID = 0x0010;
    private static final long SSADE = 1L << 9;

    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_BOTH);
    private final VtdDriver driver = new VtdDriver(1, 50_000_000);
    private final Gather gather = new Gather();
    private DriverUnit driven;
    private PagingDomain<?> domain;

    @BeforeEach
    void attach() {
        driven = driver.attach(unit);
        domain = (PagingDomain<?>) driven.allocate(7, Set.of(DomainFlag.DIRTY_TRACKING));
        domain.map(0x200000, 0x400000, 0x3000, Protection.READ | Protection.WRITE, gather);
        driven.attach(RID, domain);
        unit.registers.takeLog();
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void turning_it_on_and_off_changes_one_bit_of_each_entry_and_invalidates_it() {
        driven.attach(RID + 1, domain);
        int stores = board.stores128;

        driven.dirtyTracking(domain, true);

        assertEquals(domain.root() | 0x89 | SSADE, pasidWord(RID));
        assertEquals(domain.root() | 0x89 | SSADE, pasidWord(RID + 1));
        assertEquals(stores + 2, board.stores128);
        assertEquals(List.of("Q 20017 0", "Q 200e2 0", "Q 20017 0", "Q 200e2 0"), unit.registers.takeLog());
        driven.attach(RID + 2, domain);
        assertEquals(domain.root() | 0x89 | SSADE, pasidWord(RID + 2), "who comes later is tracked, too");
        driven.dirtyTracking(domain, true);
        assertEquals(List.of(), unit.registers.takeLog(), "it is on already");

        driven.dirtyTracking(domain, false);
        assertEquals(domain.root() | 0x89, pasidWord(RID));
        driven.attach(RID, driven.blocked());
        driven.attach(RID + 1, driven.blocked());
        driven.attach(RID + 2, driven.blocked());
        domain.free();
    }

    @Test
    void marks_are_told_cleared_and_gathered() {
        long leaf = driven.walk(RID, 0x201000).get(7).pa();
        board.memory.store64(leaf, board.memory.load64(leaf) | 1L << 9 | 1L << 8); // 9.8: D, A
        List<String> runs = new ArrayList<>();

        domain.readAndClearDirty(0x200000, 0x3000, (iova, length, lg2) ->
                runs.add(Long.toHexString(iova) + "+" + length + " of " + lg2), gather);

        assertEquals(List.of("201000+4096 of 12"), runs);
        assertEquals(0x401103, board.memory.load64(leaf), "A stays");
        assertEquals(List.of(), unit.registers.takeLog());
        domain.sync(gather);
        assertEquals(List.of("Q 200f2 201040"), unit.registers.takeLog());
    }

    @Test
    void a_failing_invalidation_leaves_tracking_off() {
        unit.registers.malformed = 0x200e2;

        assertThrows(IommuException.class, () -> driven.dirtyTracking(domain, true));

        assertEquals(domain.root() | 0x89, pasidWord(RID));
        unit.registers.malformed = 0;
        driven.attach(RID + 1, domain);
        assertEquals(domain.root() | 0x89, pasidWord(RID + 1));
    }

    @Test
    void a_domain_without_the_flag_is_not_supported() {
        DriverDomain plain = driven.allocate(8);
        for (DriverDomain refused : List.of(plain, plain)) {
            assertEquals(Reason.NOT_SUPPORTED,
                    assertThrows(IommuException.class, () -> driven.dirtyTracking(refused, true)).reason());
        }
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class,
                () -> plain.readAndClearDirty(0, 0x1000, (iova, length, lg2) -> { }, gather)).reason());
        assertEquals(Reason.INCOMPATIBLE, assertThrows(IommuException.class,
                () -> driven.dirtyTracking(driven.identity(), true)).reason());
    }

    @Test
    void units_without_SSADS_or_in_legacy_mode_or_that_do_not_snoop_cannot() {
        for (long ecap : new long[] {FakeUnit.ECAP_LEGACY | 1L << 45, FakeUnit.ECAP_BOTH & ~(1L << 45),
            FakeUnit.ECAP_BOTH & ~(1L << 48)}) {
            DriverUnit other = driver.attach(new FakeUnit(board, "dmar1", FakeUnit.CAP, ecap));
            assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class,
                    () -> other.allocate(9, Set.of(DomainFlag.DIRTY_TRACKING))).reason());
            assertEquals(Reason.INCOMPATIBLE,
                    assertThrows(IommuException.class, () -> other.attach(RID, domain)).reason());
        }
    }

    @Test
    void a_successor_goes_on_tracking() {
        driven.dirtyTracking(domain, true);
        HandoverRecord record = driven.leave();

        DriverUnit next = new VtdDriver(1, 50_000_000).adopt(unit, record);

        next.attach(RID + 5, next.domain(7));
        assertEquals(domain.root() | 0x89 | SSADE, pasidWord(RID + 5));
        next.dirtyTracking(next.domain(7), false);
        assertEquals(domain.root() | 0x89, pasidWord(RID));
    }

    private long pasidWord(int requester) {
        long contexts = board.memory.load64(unit.registers.get(0x20) & -4096) & -4096;
        long directory = board.memory.load64(contexts + requester * 32L) & -4096;
        return board.memory.load64(board.memory.load64(directory) & -4096);
    }
}
