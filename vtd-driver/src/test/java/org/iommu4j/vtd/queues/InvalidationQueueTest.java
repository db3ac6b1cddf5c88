package org.iommu4j.vtd.queues;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.vtd.fake.FakeRegisters;
import org.iommu4j.vtd.fake.FakeUnit;
import org.iommu4j.vtd.registers.GlobalCommand;
import org.iommu4j.vtd.registers.UnitRegisters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InvalidationQueueTest {
    private static final long ONE = 0x11; // cc_inv, global (6.5.2.1)
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);

    private final FakeBoard board = FakeUnit.board();
    private final FakeRegisters device = new FakeRegisters(board.memory, FakeUnit.CAP, FakeUnit.ECAP_SCALABLE);

    @AfterEach
    void close() {
        board.close();
    }

    @Test
    void positions_wrap_at_256_for_narrow_and_for_wide_descriptors() {
        for (boolean wide : new boolean[] {false, true}) {
            InvalidationQueue queue = queue(wide, 1_000_000_000L);
            int sent = 1000;
            for (int i = 0; i < sent; i++) {
                queue.run(ONE, 0);
                assertEquals(device.get(FakeRegisters.IQH), device.get(FakeRegisters.IQT));
            }
            assertEquals(2 * sent % 256 * (wide ? 32 : 16), device.get(FakeRegisters.IQT));
            assertEquals(sent, device.takeLog().stream().filter("Q 11 0"::equals).count());
            assertEquals(List.of("cc_inv=1000", "inv_wait=1000"), queue.counts().lines());
        }
    }

    @Test
    void a_successor_goes_on_at_the_position_where_the_queue_stands() {
        InvalidationQueue first = queue(false, 1_000_000_000L);
        for (int i = 0; i < 200; i++) {
            first.run(ONE, 0);
        }

        InvalidationQueue second = new InvalidationQueue(bounded(1_000_000_000L), placed(first), first.place().tail());
        for (int i = 0; i < 200; i++) {
            second.run(ONE, 0);
        }

        assertEquals(800, second.place().tail());
        assertEquals(400, device.takeLog().stream().filter("Q 11 0"::equals).count());
    }

    @Test
    void a_malformed_descriptor_fails_its_sender_and_the_queue_goes_on() {
        InvalidationQueue queue = queue(false, 1_000_000_000L);
        device.malformed = 0x0f;

        IommuException refused = assertThrows(IommuException.class, () -> queue.run(0x0f, 0x77));

        assertEquals(Reason.IO, refused.reason());
        assertTrue(refused.getMessage().contains("other [0xf 0x77]"), refused.getMessage());
        assertEquals(0, device.get(FakeRegisters.FSTS));
        queue.run(ONE, 0);
        assertEquals(List.of("Q 11 0"), sent());
    }

    @Test
    void a_wait_that_a_time_out_dropped_is_sent_again_with_its_descriptor() {
        InvalidationQueue queue = queue(false, 1_000_000_000L);
        device.timeouts = 2;

        queue.run(ONE, 0);

        assertEquals(List.of("Q 11 0", "Q 11 0", "Q 11 0"), sent());
        assertEquals(0, device.get(FakeRegisters.FSTS));
    }

    @Test
    void a_full_queue_that_does_not_move_is_a_timeout_that_names_the_slot() throws Exception {
        InvalidationQueue queue = queue(false, 20_000_000L);
        device.stalled = true;
        for (int i = 0; i < 127; i++) {
            assertThrows(IommuException.class, () -> queue.run(ONE, 0));
        }

        IommuException full = assertThrows(IommuException.class, () -> queue.run(ONE, 0));

        assertEquals(Reason.TIMEOUT, full.reason());
        assertTrue(full.getMessage().startsWith("dmar0: IQH stands at slot 0 of a full queue"), full.getMessage());
        device.stalled = false;
        device.runQueue();
        queue.run(ONE, 0);
        assertEquals(128, sent().size());
    }

    @Test
    void threads_send_at_the_same_time_and_each_descriptor_arrives_once() throws Exception {
        InvalidationQueue queue = queue(true, 10_000_000_000L);
        int threads = 4;
        int each = 2000 * SCALE;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Void>> done = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int id = thread + 2;
                Callable<Void> sender = () -> {
                    for (int i = 0; i < each; i++) {
                        queue.run(IotlbInvalidation.pages(id, 0), (long) i << 12);
                    }
                    return null;
                };
                done.add(pool.submit(sender));
            }
            for (Future<Void> future : done) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        List<String> sent = sent();
        assertEquals(threads * each, sent.size());
        assertEquals(threads * each, sent.stream().distinct().count());
    }

    private InvalidationQueue queue(boolean wide, long boundNanos) {
        device.put(FakeRegisters.GSTS, 0);
        device.put(FakeRegisters.IQH, 0);
        UnitRegisters unit = bounded(boundNanos);
        QueueMemory memory = QueueMemory.allocate(board.memory, board.frames, wide);
        unit.queueTail(0);
        unit.queueAddress(memory.register());
        unit.on(GlobalCommand.QUEUED_INVALIDATION_ENABLE);
        device.takeLog();
        return new InvalidationQueue(unit, memory, 0);
    }

    private QueueMemory placed(InvalidationQueue queue) {
        QueuePlace place = queue.place();
        return new QueueMemory(board.memory, place.base(), place.wide(), place.status());
    }

    private UnitRegisters bounded(long boundNanos) {
        return new UnitRegisters("dmar0", device, boundNanos);
    }

    private List<String> sent() {
        return device.takeLog().stream().filter(line -> line.startsWith("Q ")).toList();
    }
}
