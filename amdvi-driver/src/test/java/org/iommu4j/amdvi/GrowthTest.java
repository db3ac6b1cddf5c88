package org.iommu4j.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Host tables grow when something is mapped above what they reach, with every entry that leads to them. */
class GrowthTest {
    private static final int RW = Protection.READ | Protection.WRITE;
    private static final long ABOVE_3 = 1L << 39;
    private static final long ABOVE_4 = 1L << 48;
    private static final long ABOVE_5 = 1L << 57;

    private final FakeBoard board = FakeUnit.board();
    private final AmdDriver driver = new AmdDriver(1, 50_000_000, false);
    private final FakeUnit first = new FakeUnit(board, "ivhd0", FakeUnit.EFR_ALL, false);
    private final FakeUnit second = new FakeUnit(board, "ivhd1", FakeUnit.EFR_ALL, false);
    private final DriverUnit one = driver.attach(first);
    private final DriverUnit two = driver.attach(second);
    private final PagingDomain<?> domain = (PagingDomain<?>) one.allocate(7);
    private final Gather gather = new Gather();

    @AfterEach
    void close() {
        board.close();
    }

    private void join() {
        one.attach(0x10, domain);
        one.attach(0x18, domain);
        two.attach(0x4010, domain);
        first.registers.takeLog();
        second.registers.takeLog();
    }

    private void checkEntries(int mode) {
        long expected = domain.root() | 0x6000000000000003L | (long) mode << 9;
        assertEquals(expected, board.memory.load64(first.entry(0x10)));
        assertEquals(expected, board.memory.load64(first.entry(0x18)));
        assertEquals(expected, board.memory.load64(second.entry(0x4010)));
    }

    @Test
    void every_entry_of_every_unit_is_changed_and_invalidated_before_map_returns() {
        join();
        domain.map(0x1000, 0x1_0000_1000L, 0x1000, RW, gather);
        long root = domain.root();
        checkEntries(3);
        domain.map(ABOVE_3, 0x1_0000_2000L, 0x1000, RW, gather);
        assertNotEquals(root, domain.root());
        checkEntries(4);
        assertEquals(List.of("Q 2000000000000010 0", "Q 2000000000000018 0", "Q 3000000200000000 7ffffffffffff003"),
                first.registers.takeLog());
        assertEquals(List.of("Q 2000000000004010 0", "Q 3000000200000000 7ffffffffffff003"),
                second.registers.takeLog());
        assertEquals(0x1_0000_1000L, domain.translate(0x1000));
        assertEquals(0x1_0000_2000L, domain.translate(ABOVE_3));
        domain.map(ABOVE_5, 0x1_0000_3000L, 0x1000, RW, gather);
        checkEntries(6);
        assertEquals(0x1_0000_3000L, domain.translate(ABOVE_5));
        assertEquals(0x1_0000_1000L, domain.translate(0x1000));
        assertEquals((1L << 62) - 1, domain.lastIova());
    }

    @Test
    void a_failure_leaves_the_old_top_everywhere_and_maps_nothing() {
        join();
        long root = domain.root();
        second.registers.illegal = 0x2000000000004010L; // the second unit refuses to hear of it
        assertThrows(IommuException.class, () -> domain.map(ABOVE_4, 0x1_0000_0000L, 0x1000, RW, gather));
        second.registers.illegal = 0;
        assertEquals(root, domain.root());
        checkEntries(3);
        assertEquals(-1, domain.translate(ABOVE_4));
        domain.map(ABOVE_4, 0x1_0000_0000L, 0x1000, RW, gather);
        checkEntries(5);
    }

    @Test
    void without_frames_nothing_changes() {
        FakeUnit third = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
        third.frames = board.frames(3L << 20);
        DriverUnit unit = new AmdDriver(1, 50_000_000, false).attach(third);
        DriverDomain small = unit.allocate(1);
        unit.attach(0x10, small);
        List<Long> taken = new ArrayList<>();
        IommuException full = assertThrows(IommuException.class, () -> {
            while (true) {
                taken.add(third.frames.allocate(12));
            }
        });
        assertEquals(Reason.NO_MEMORY, full.reason());
        long entry = board.memory.load64(third.entry(0x10));
        assertEquals(Reason.NO_MEMORY, assertThrows(IommuException.class,
                () -> small.map(ABOVE_3, 0x1_0000_0000L, 0x1000, RW, gather)).reason());
        assertEquals(entry, board.memory.load64(third.entry(0x10)));
    }

    @Test
    void what_the_table_does_not_reach_is_a_hole() {
        assertEquals(-1, domain.translate(ABOVE_3));
        assertEquals(0, domain.unmap(ABOVE_3, 0x1000, gather));
        domain.map(ABOVE_3 - 0x1000, 0x1_0000_0000L, 0x1000, RW, gather);
        assertEquals(0x1000, domain.unmap(ABOVE_3 - 0x1000, 0x2000, gather));
        domain.sync(gather);
    }

    @Test
    void a_unit_that_walks_fewer_levels_is_refused() {
        second.registers.takeLog();
        FakeUnit narrow = new FakeUnit(board, "ivhd1", 1L << 6, false);
        DriverUnit four = driver.attach(narrow);
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> four.attach(0x4010, domain)).reason());
        DriverDomain its = four.allocate(8);
        assertEquals((1L << 48) - 1, its.lastIova());
        one.attach(0x20, its);
    }

    @Test
    @Timeout(120)
    void mapping_and_translating_go_on_while_the_table_grows() throws Exception {
        join();
        ExecutorService pool = Executors.newFixedThreadPool(3);
        AtomicBoolean end = new AtomicBoolean();
        try {
            domain.map(0x7000, 0x1_0000_7000L, 0x1000, RW, gather);
            Future<Long> below = pool.submit(() -> mapBelow(end));
            Future<Long> looks = pool.submit(() -> look(end));
            Future<?> other = pool.submit(() -> domain.map(ABOVE_3 + 0x20000, 0x1_0002_0000L, 0x1000, RW,
                    new Gather()));
            domain.map(ABOVE_3, 0x1_0001_0000L, 0x1000, RW, gather);
            domain.map(ABOVE_4, 0x1_0003_0000L, 0x1000, RW, gather);
            domain.map(ABOVE_5, 0x1_0004_0000L, 0x1000, RW, gather);
            other.get(60, TimeUnit.SECONDS);
            checkEntries(6);
            end.set(true);
            assertTrue(below.get(60, TimeUnit.SECONDS) > 0);
            assertTrue(looks.get(60, TimeUnit.SECONDS) > 0);
            assertEquals(0x1_0002_0000L, domain.translate(ABOVE_3 + 0x20000));
            assertEquals(0x1_0001_0000L, domain.translate(ABOVE_3));
        } finally {
            end.set(true);
            pool.shutdownNow();
            assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
        }
    }

    private long mapBelow(AtomicBoolean end) {
        Gather mine = new Gather();
        long count = 0;
        do {
            domain.map(0x4000_0000L, 0x1_0000_0000L, 0x20_0000, RW, mine);
            assertEquals(0x1_0010_0000L, domain.translate(0x4010_0000L, mine));
            assertEquals(0x20_0000, domain.unmap(0x4000_0000L, 0x20_0000, mine));
            domain.sync(mine);
            count++;
        } while (!end.get());
        return count;
    }

    private long look(AtomicBoolean end) {
        Gather mine = new Gather();
        long count = 0;
        do {
            assertEquals(0x1_0000_7123L, domain.translate(0x7123, mine));
            count++;
        } while (!end.get());
        return count;
    }
}
