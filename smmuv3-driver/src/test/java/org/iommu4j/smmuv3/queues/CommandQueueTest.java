package org.iommu4j.smmuv3.queues;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.driver.fake.FakeBoard;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.smmuv3.fake.FakeRegisters;
import org.iommu4j.smmuv3.fake.FakeUnit;
import org.iommu4j.smmuv3.registers.UnitRegisters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With syncs that write their completion, and with such that are polled. */
class CommandQueueTest {
    private static final int SCALE = Integer.getInteger("iommu4j.scale", 1);
    private static final int THREADS = 4;
    private static final long ASID_5 = 0x0005000000000011L;

    private final FakeBoard board = FakeUnit.board();
    private final FakeUnit unit = new FakeUnit(board, "smmu0", FakeUnit.IDR0);
    private final FakeRegisters hardware = unit.registers;

    @AfterEach
    void close() {
        board.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void each_batch_is_done_when_its_sync_returns(boolean writes) throws Exception {
        CommandQueue queue = queue(writes, 4, 10_000_000_000L);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            long thread = i + 1;
            all.add(threads.submit(() -> send(queue, thread, start)));
        }
        start.countDown();
        int sent = 0;
        for (Future<Integer> each : all) {
            sent += each.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();
        Map<Long, Long> last = new HashMap<>();
        for (String line : hardware.takeLog()) {
            if (line.startsWith("Q ")) {
                long word = Long.parseUnsignedLong(line.split(" ")[1], 16);
                long number = word >>> 48;
                assertEquals(last.getOrDefault(word >>> 32 & 0xffff, 0L) + 1, number, line + ": in the order sent");
                last.put(word >>> 32 & 0xffff, number);
                sent--;
            }
        }
        assertEquals(0, sent, "every command once");
    }

    /** Commands with the thread's number as VMID and a running one as ASID. */
    private int send(CommandQueue queue, long thread, CountDownLatch start) throws InterruptedException {
        start.await();
        int number = 0;
        for (int batch = 0; batch < 200 * SCALE && number < 60_000; batch++) {
            int size = 1 + batch % 21; // more than the queue of 16 holds
            long first = -1;
            for (int i = 0; i < size; i++) {
                long position = queue.add((long) ++number << 48 | thread << 32 | 0x11, 0);
                first = first < 0 ? position : first;
            }
            queue.sync(first);
            String newest = String.format("Q %x 0", (long) number << 48 | thread << 32 | 0x11);
            synchronized (hardware) {
                assertTrue(hardware.log.contains(newest), "the sync returned before " + newest);
            }
        }
        return number;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_illegal_command_fails_its_sender_and_nobody_else(boolean writes) {
        CommandQueue queue = queue(writes, 8, 1_000_000_000L);
        hardware.illegal = ASID_5;
        long first = queue.add(0x0001000000000011L, 0);
        queue.add(ASID_5, 0);
        queue.add(0x0002000000000011L, 0);

        IommuException refusal = assertThrows(IommuException.class, () -> queue.sync(first));

        assertEquals(Reason.IO, refusal.reason());
        assertEquals("smmu0: hardware refuses the command TLBI_NH_ASID [0x5000000000011 0x0] (CERROR_ILL)",
                refusal.getMessage());
        queue.awaitIdle();
        List<String> commands = hardware.takeLog().stream().filter(line -> line.startsWith("Q ")).toList();
        assertEquals(List.of("Q 1000000000011 0", "Q 2000000000011 0"), commands);
        assertEquals(hardware.get(FakeRegisters.GERROR), hardware.get(FakeRegisters.GERRORN));
        queue.run(0x0003000000000011L, 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_sync_that_a_device_holds_up_is_tried_again(boolean writes) {
        CommandQueue queue = queue(writes, 8, 1_000_000_000L);
        hardware.timeouts = 3;
        queue.run(ASID_5, 0);
        assertEquals(0, hardware.timeouts);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void hardware_that_stands_still_is_waited_for_in_bounds(boolean writes) {
        CommandQueue queue = queue(writes, 4, 50_000_000L);
        hardware.stalled = true;
        IommuException late = assertThrows(IommuException.class, () -> queue.run(ASID_5, 0));
        assertEquals(Reason.TIMEOUT, late.reason());
        assertTrue(late.getMessage().startsWith(
                "smmu0: TLBI_NH_ASID [0x5000000000011 0x0] is not complete after 50 ms"), late.getMessage());
        IommuException full = assertThrows(IommuException.class, () -> {
            for (int i = 0; i < 16; i++) {
                queue.add(ASID_5, 0);
            }
        });
        assertEquals(Reason.TIMEOUT, full.reason());
        assertTrue(full.getMessage().startsWith("smmu0: the command queue is full for 50 ms"), full.getMessage());
        hardware.stalled = false;
        hardware.runQueue();
        queue.run(ASID_5, 0);
    }

    private CommandQueue queue(boolean writes, int sizeLg2, long bound) {
        TableMemory memory = TableMemory.of(unit, true);
        QueueMemory slots = QueueMemory.commands(memory, sizeLg2, writes);
        UnitRegisters registers = new UnitRegisters("smmu0", hardware, bound);
        registers.commandQueue(slots.register());
        registers.state(8);
        hardware.takeLog();
        return new CommandQueue(registers, slots, 0);
    }
}
