package org.iommu4j.mm.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.mm.process.Board.Kind;
import org.junit.jupiter.api.Test;

/**
 * Devices with caches of their own, and the process's own threads, against unmap, protect, fork, reclaim and exit. Each
 * page holds 0 or its own address; whoever uses a frame after it was taken away finds poison or another page's address.
 */
class RaceTest {
    private static final int RW = Access.READ | Access.WRITE;
    private static final int PAGES = 32;
    private static final int CHANGES = 1_500 * Integer.getInteger("iommu4j.scale", 1);
    private static final long AT = 0x10_0000_0000L;
    private static final long SEED = Long.getLong("iommu4j.seed", 11);

    private final Board board = new Board(Kind.X86_4, 400, 12, 4_000);
    private final UserProcess process = board.processes.create("test");
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong accesses = new AtomicLong();

    private static long at(int page) {
        return AT + (long) page * Board.PAGE;
    }

    @Test
    void nobodyUsesAPageAfterItWasTakenAway() throws Exception {
        process.mapAt(AT, (long) PAGES * Board.PAGE, RW);
        Device device = new Device(board.memory, process);
        together(() -> dma(device, 1), () -> dma(device, 2), () -> software(3), () -> changes(4));
        assertTrue(accesses.get() > 0);
        process.exit();
        board.processes.close();
        assertEquals(0, board.frames.held(), "seed " + SEED);
        assertEquals(0, board.swap.used(), "seed " + SEED);
        board.close();
    }

    /** Each page has one writer, which must find its last value again, however often the page went in between. */
    @Test
    void noWriteIsLostToReclaimAndForks() throws Exception {
        process.mapAt(AT, (long) PAGES * Board.PAGE, RW);
        Device device = new Device(board.memory, process);
        together(() -> count(0, address -> deviceLoad(device, address),
                (address, value) -> deviceStore(device, address, value)),
                () -> count(PAGES / 2, process::loadAcquire64, this::processorStore), () -> {
                    for (int i = 0; i < CHANGES / 2; i++) {
                        process.fork().exit();
                    }
                    over.set(true);
                    return null;
                });
        assertTrue(process.report().reclaimed() > PAGES);
        board.close();
    }

    private Void count(int first, LongUnaryOperator load, LongBinaryOperator store) {
        Random random = new Random(SEED + first);
        long[] last = new long[PAGES / 2];
        while (!over.get()) {
            int page = random.nextInt(last.length);
            long address = at(first + page);
            assertEquals(last[page], load.applyAsLong(address), "page " + (first + page) + ", seed " + SEED);
            store.applyAsLong(address, ++last[page]);
        }
        return null;
    }

    private long deviceLoad(Device device, long address) {
        long[] word = new long[1];
        assertEquals(FaultResult.HANDLED,
                device.access(address, Access.READ, pa -> word[0] = board.memory.loadAcquire64(pa)));
        return word[0];
    }

    private long deviceStore(Device device, long address, long value) {
        assertEquals(FaultResult.HANDLED,
                device.access(address, Access.WRITE, pa -> board.memory.storeRelease64(pa, value)));
        return value;
    }

    private long processorStore(long address, long value) {
        process.storeRelease64(address, value);
        return value;
    }

    @Test
    void aProcessEndsInTheMiddleOfEverything() throws Exception {
        for (int round = 0; round < 20; round++) {
            UserProcess each = board.processes.create("round");
            each.mapAt(AT, (long) PAGES * Board.PAGE, RW);
            Device device = new Device(board.memory, each);
            int seed = round;
            together(() -> untilExit(device, seed), () -> untilExit(device, seed + 100), () -> {
                for (int page = 0; page < PAGES; page++) {
                    each.storeRelease64(at(page), at(page));
                }
                each.fork().exit();
                each.exit();
                return null;
            });
        }
        process.exit();
        assertEquals(0, board.frames.held(), "seed " + SEED);
        assertEquals(0, board.swap.used(), "seed " + SEED);
        board.close();
    }

    private Void untilExit(Device device, int seed) {
        Random random = new Random(SEED + seed);
        while (one(device, random) != FaultResult.EXITED) {
            accesses.incrementAndGet();
        }
        return null;
    }

    private Void dma(Device device, int seed) {
        Random random = new Random(SEED + seed);
        while (!over.get()) {
            one(device, random);
            accesses.incrementAndGet();
        }
        return null;
    }

    private FaultResult one(Device device, Random random) {
        long address = at(random.nextInt(PAGES));
        boolean write = random.nextBoolean();
        return device.access(address, write ? Access.WRITE : Access.READ, pa -> {
            check(address, board.memory.loadAcquire64(pa));
            if (write) {
                board.memory.storeRelease64(pa, address);
            }
        });
    }

    private Void software(int seed) {
        Random random = new Random(SEED + seed);
        while (!over.get()) {
            long address = at(random.nextInt(PAGES));
            try {
                check(address, process.loadAcquire64(address));
                process.storeRelease64(address, address);
            } catch (IommuException e) {
                assertEquals(Reason.BAD_ADDRESS, e.reason(), e.getMessage());
            }
        }
        return null;
    }

    private Void changes(int seed) {
        Random random = new Random(SEED + seed);
        List<UserProcess> children = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            int page = random.nextInt(PAGES);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    process.unmap(at(page), Board.PAGE);
                    process.mapAt(at(page), Board.PAGE, RW);
                }
                case 2 -> {
                    process.protect(at(page), Board.PAGE, Access.READ);
                    process.protect(at(page), Board.PAGE, RW);
                }
                case 3 -> children.add(process.fork());
                default -> {
                    if (!children.isEmpty()) {
                        use(children.remove(0), random);
                    }
                }
            }
            if (children.size() > 3) {
                use(children.remove(0), random);
            }
        }
        over.set(true);
        return null;
    }

    /** What a child sees stands still, whatever parent and devices do. */
    private void use(UserProcess child, Random random) {
        long address = at(random.nextInt(PAGES));
        check(address, child.loadAcquire64(address));
        child.storeRelease64(address, 0);
        assertEquals(0, child.loadAcquire64(address));
        child.exit();
    }

    private static void check(long address, long found) {
        assertTrue(found == 0 || found == address,
                () -> String.format("page %#x holds %#x, seed %d", address, found, SEED));
    }

    @SafeVarargs
    private void together(Callable<Void>... bodies) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(bodies.length);
        try {
            List<Future<Void>> ends = new ArrayList<>();
            for (Callable<Void> body : bodies) {
                ends.add(threads.submit(() -> {
                    try {
                        return body.call();
                    } catch (Throwable e) {
                        over.set(true);
                        throw e;
                    }
                }));
            }
            for (Future<Void> end : ends) {
                end.get(2, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
