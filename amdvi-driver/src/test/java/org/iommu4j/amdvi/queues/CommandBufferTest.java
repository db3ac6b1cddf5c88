package org.iommu4j.amdvi.queues;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.iommu4j.amdvi.fake.FakeRegisters;
import org.iommu4j.amdvi.fake.FakeUnit;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.fake.FakeBoard;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CommandBufferTest {
    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "ivhd0", FakeUnit.EFR, false);
    private final UnitRegisters registers = new UnitRegisters("ivhd0", unit.registers, 60_000_000_000L);
    private final CommandRing ring = CommandRing.allocate(board.memory, board.frames);
    private final EventRing events = EventRing.allocate(board.memory, board.frames);
    private final CommandBuffer buffer = new CommandBuffer(registers, ring, 0);
    private final EventLog log = new EventLog(registers, events, unit, buffer::refuse);

    @BeforeEach
    void start() {
        buffer.onStop(log::drain);
        registers.commands(ring.register());
        registers.events(events.register());
        registers.turnOn();
        unit.registers.takeLog();
    }

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void a_command_is_followed_by_a_wait_that_stores_and_the_ring_wraps() {
        for (int i = 0; i < 700; i++) {
            buffer.run(InvalidateEntry.of(i), 0);
        }
        assertEquals(700, unit.registers.takeLog().size());
        assertEquals(1400, buffer.place().tail());
        assertEquals((1400 % 512) * 16, unit.registers.get(FakeRegisters.CMD_TAIL));
        long last = ring.base() + (1399 % 512) * 16;
        assertEquals(1L << 60 | ring.stores() + (1399 % 512) * 8 | 1, board.memory.load64(last), "op 1, s");
        assertEquals(1400, board.memory.load64(last + 8));
        assertEquals(List.of("COMPLETION_WAIT=700", "INVALIDATE_DEVTAB_ENTRY=700"), buffer.counts().lines());
    }

    @Test
    void a_batch_has_one_wait_each_64_commands() {
        long[] words = new long[2 * 150];
        for (int i = 0; i < 150; i++) {
            words[2 * i] = InvalidateEntry.of(i);
        }
        buffer.run(words);
        assertEquals(List.of("COMPLETION_WAIT=3", "INVALIDATE_DEVTAB_ENTRY=150"), buffer.counts().lines());
    }

    @Test
    @Timeout(120)
    void many_threads_each_get_their_own_done() throws Exception {
        int threads = 8;
        int each = 500 * Integer.getInteger("iommu4j.scale", 1);
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        unit.registers.onCommand = done::add;
        parallel(threads, who -> {
            for (int i = 0; i < each; i++) {
                buffer.run(InvalidateEntry.of(who), i);
                if (i % 100 == 0) {
                    buffer.run(new long[20]);
                }
            }
        });
        assertEquals(threads * each, new HashSet<>(done).size() - 1, "and the empty ones");
    }

    @Test
    void hardware_that_does_nothing_is_a_timeout_that_names_the_command() {
        UnitRegisters impatient = new UnitRegisters("ivhd0", unit.registers, 50_000_000);
        CommandBuffer buffer = new CommandBuffer(impatient, ring, 0);
        unit.registers.stalled = true;
        IommuException late = assertThrows(IommuException.class, () -> buffer.run(InvalidateEntry.of(5), 0));
        assertEquals(Reason.TIMEOUT, late.reason());
        assertTrue(late.getMessage().contains("INVALIDATE_DEVTAB_ENTRY"), late.getMessage());
        assertEquals(Reason.TIMEOUT, assertThrows(IommuException.class, buffer::awaitIdle).reason());
    }

    @Test
    @Timeout(120)
    void a_full_ring_waits_for_room() throws Exception {
        unit.registers.stalled = true;
        ExecutorService pool = Executors.newFixedThreadPool(9);
        List<Future<?>> senders = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            senders.add(pool.submit(() -> buffer.run(new long[2 * 63]))); // 9 * 64 commands for 512 slots
        }
        while (buffer.place().tail() < 7 * 64) {
            Thread.onSpinWait();
        }
        unit.registers.stalled = false;
        unit.registers.runCommands();
        for (Future<?> sender : senders) {
            sender.get(60, TimeUnit.SECONDS);
        }
        pool.shutdownNow();
        assertEquals(9 * 64, buffer.place().tail());
    }

    @Test
    void a_refused_command_fails_its_sender_and_the_ring_goes_on() {
        unit.registers.illegal = 0x2000000000000badL;
        IommuException refused = assertThrows(IommuException.class, () -> buffer.run(0x2000000000000001L, 0,
                0x2000000000000badL, 0, 0x2000000000000003L, 0));
        assertEquals(Reason.IO, refused.reason());
        assertTrue(refused.getMessage().contains("command 2 of a batch of 3"), refused.getMessage());
        assertTrue(unit.registers.takeLog().contains("Q 2000000000000003 0"), "what comes after it is done");
        buffer.run(0x2000000000000004L, 0);
        assertEquals(List.of(), unit.faults, "no fault of a device");
    }

    @Test
    @Timeout(120)
    void refused_commands_of_one_thread_do_not_hurt_the_others() throws Exception {
        unit.registers.illegal = 0x2000000000000badL;
        parallel(4, who -> {
            for (int i = 0; i < 200; i++) {
                if (who == 0) {
                    assertThrows(IommuException.class, () -> buffer.run(0x2000000000000badL, 0));
                } else {
                    buffer.run(InvalidateEntry.of(who), i);
                }
            }
        });
    }

    private interface Work {
        void run(int who) throws Exception;
    }

    private static void parallel(int threads, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int who = i;
                all.add(pool.submit(() -> {
                    work.run(who);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(100, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
            assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
        }
    }
}
