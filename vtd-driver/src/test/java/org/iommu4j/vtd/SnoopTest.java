package org.iommu4j.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Units that snoop processor caches, and units that do not. */
class SnoopTest {
    private static final int RID = 0x0010;
    private static final int READ_WRITE = Protection.READ | Protection.WRITE;
    private static final long BIG = 0x4000_0000L;
    /** C; SMPWCS is there. */
    private static final long COHERENT = 1;
    private static final long NO_SNOOPING = FakeUnit.ECAP_BOTH & ~(1L << 48);

    private final FakeBoard board = FakeUnit.board();
    private final VtdDriver driver = new VtdDriver(1, 50_000_000);
    private final Gather gather = new Gather();
    private DriverUnit driven;

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void without_snooping_all_that_a_walk_reads_was_flushed_since_it_was_stored() {
        for (long ecap : new long[] {FakeUnit.ECAP_LEGACY, FakeUnit.ECAP_SCALABLE, NO_SNOOPING}) {
            driven = driver.attach(new FakeUnit(board, "dmar0", FakeUnit.CAP, ecap));
            DriverDomain domain = driven.allocate(7);
            DriverDomain other = driven.allocate(8);
            domain.map(0x5000, 0x105000, 0x3000, READ_WRITE, gather);
            driven.attach(RID, domain);
            allWasFlushed(0x5000);

            domain.map(0x1f_f000, 0x20_0000, 0x40_2000, READ_WRITE, gather);
            allWasFlushed(0x1f_f000);
            allWasFlushed(0x40_0000);
            allWasFlushed(0x60_0000);
            domain.unmap(0x1f_f000, 0x40_2000, gather);
            allWasFlushed(0x1f_f000);
            allWasFlushed(0x40_0000);
            domain.sync(gather);
            domain.map(BIG, BIG, BIG, READ_WRITE, gather);
            allWasFlushed(BIG);

            driven.attach(RID, other);
            allWasFlushed(0x5000);
            driven.attach(RID, driven.blocked());
            allWasFlushed(0x5000);
            driven.attach(RID, domain);
            allWasFlushed(0x5000);
            driven.attach(RID, driven.blocked());
            domain.free();
            other.free();
            driven.stop();
        }
    }

    @Test
    void with_snooping_nothing_is_flushed_and_walks_are_told_to_snoop() {
        driven = driver.attach(new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_BOTH | COHERENT));
        DriverDomain domain = driven.allocate(7);
        domain.map(0x5000, 0x105000, 0x3000, READ_WRITE, gather);
        driven.attach(RID, domain);
        driven.attach(RID, driven.allocate(8, Set.of(DomainFlag.DIRTY_TRACKING)));
        assertTrue(driven.walk(RID, 0).get(3).fields().contains("PWSNP=1"));
        driven.attach(RID, driven.allocate(9));
        assertTrue(driven.walk(RID, 0).get(3).fields().contains("PWSNP=1"));
        driven.attach(RID, driven.identity());
        assertTrue(driven.walk(RID, 0).get(3).fields().contains("PWSNP=0"), "there is no walk");
        domain.unmap(0x5000, 0x3000, gather);
        domain.sync(gather);

        assertEquals(Set.of(), board.flushed);
    }

    @Test
    void a_domain_whose_tables_are_not_flushed_does_not_fit_a_unit_that_does_not_snoop_but_the_other_way_it_does() {
        DriverUnit snoops = driver.attach(new FakeUnit(board, "dmar0", FakeUnit.CAP, FakeUnit.ECAP_BOTH | COHERENT));
        DriverUnit looks = driver.attach(new FakeUnit(board, "dmar1", FakeUnit.CAP, NO_SNOOPING));
        DriverDomain unflushed = snoops.allocate(7);

        IommuException refusal = assertThrows(IommuException.class, () -> looks.attach(RID, unflushed));

        assertEquals(Reason.INCOMPATIBLE, refusal.reason());
        assertTrue(refusal.getMessage().startsWith("dmar1 does not snoop"), refusal.getMessage());
        snoops.attach(RID, looks.allocate(8));
    }

    @Test
    void scalable_mode_may_snoop_for_its_entries_and_not_for_page_tables() {
        driven = driver.attach(new FakeUnit(board, "dmar0", FakeUnit.CAP, NO_SNOOPING | 1));
        DriverDomain domain = driven.allocate(7);
        driven.attach(RID, domain);
        board.flushed.clear();
        domain.map(0x5000, 0x105000, 0x1000, READ_WRITE, gather);
        List<WalkStep> steps = driven.walk(RID, 0x5000);
        assertFalse(board.flushed.contains(steps.get(3).pa() & -64), "PASID entry");
        assertTrue(board.flushed.contains(steps.get(7).pa() & -64), "leaf");
    }

    private void allWasFlushed(long iova) {
        for (WalkStep step : driven.walk(RID, iova)) {
            for (int i = 0; i < step.words().size(); i++) {
                long pa = step.pa() + i * 8L;
                assertEquals(step.words().get(i), board.inMemory(pa), step.name() + ", word " + i);
            }
        }
    }
}
