package org.iommu4j.core.iova;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IovaAllocatorTest {
    private static final int PAGE_LG2 = 12;
    private static final long PAGE = 1L << PAGE_LG2;
    private static final long LAST39 = (1L << 39) - 1;
    private static final long LAST32 = (1L << 32) - 1;

    private static IovaAllocator of(long last, ReservedRegion... reserved) {
        return new IovaAllocator(PAGE_LG2, last, List.of(reserved));
    }

    /** All single pages up to a limit, in the order in which they are given. */
    private static List<Long> exhaust(IovaAllocator iovas, long limit) {
        List<Long> all = new ArrayList<>();
        for (long iova = iovas.allocate(PAGE, limit); iova != IovaAllocator.NONE; iova = iovas.allocate(PAGE, limit)) {
            all.add(iova);
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "1,        0x1000",
        "0x1000,   0x1000",
        "0x1001,   0x2000",
        "0x3000,   0x4000",
        "0x11000,  0x20000",
        "0x1f000,  0x20000",
        "0x20000,  0x20000",
        "0x21000,  0x21000",
        "0x100001, 0x101000",
    })
    void smallBlocksTakeAPowerOfTwoOfPagesLargeOnesWhatTheyNeed(String length, String block) {
        assertEquals(Long.decode(block), of(LAST39).blockLength(Long.decode(length)));
    }

    @Test
    void blocksComeFromTheTopAlignedToTheirSize() {
        IovaAllocator iovas = of(LAST39);
        assertEquals((1L << 39) - PAGE, iovas.allocate(PAGE, LAST39));
        assertEquals((1L << 39) - 4 * PAGE, iovas.allocate(2 * PAGE, LAST39));
        assertEquals((1L << 39) - 2 * PAGE, iovas.allocate(PAGE, LAST39));
        assertEquals((1L << 39) - 64 * PAGE, iovas.allocate(33 * PAGE, LAST39), "33 pages are aligned to 64");
        assertEquals((1L << 32) - PAGE, iovas.allocate(PAGE, LAST32));
    }

    @Test
    void aSpaceOf64BitsEndsAtItsLastPage() {
        IovaAllocator iovas = of(-1);
        assertEquals(-PAGE, iovas.allocate(PAGE, -1));
        iovas.free(-PAGE, PAGE);
        assertEquals(-PAGE, iovas.allocate(1, -1));
        assertEquals(PAGE, iovas.inUse());
    }

    @Test
    void aLimitInsideAPageExcludesThatPage() {
        assertEquals(0x4000, of(LAST39).allocate(PAGE, 0x5ffe));
        assertEquals(0x5000, of(LAST39).allocate(PAGE, 0x5fff));
        assertEquals(IovaAllocator.NONE, of(LAST39).allocate(PAGE, 0xfff));
    }

    @Test
    void pageZeroAndReservedRegionsAreNeverGiven() {
        ReservedRegion msi = new ReservedRegion(0xfee0_0000L, 0xfeef_ffffL, ReservedRegion.Kind.MSI);
        ReservedRegion low = new ReservedRegion(0x3000, 0x4fff, ReservedRegion.Kind.DIRECT);
        ReservedRegion overlapping = new ReservedRegion(0x4000, 0x5fff, ReservedRegion.Kind.RESERVED);
        ReservedRegion outside = new ReservedRegion(1L << 50, (1L << 50) + 0xfff, ReservedRegion.Kind.RESERVED);
        IovaAllocator iovas = of(LAST32, msi, low, overlapping, outside);
        List<Long> below = exhaust(iovas, 0x9fff);
        assertEquals(List.of(0x9000L, 0x8000L, 0x7000L, 0x6000L, 0x2000L, 0x1000L), below);
        assertEquals(0xfed0_0000L, iovas.allocate(0x10_0000, 0xfeff_fffeL), "the first below the reserved megabyte");
    }

    @Test
    void whatWasFreedIsFoundAgainByTheSameThread() {
        IovaAllocator iovas = of(LAST39);
        long iova = iovas.allocate(5 * PAGE, LAST39);
        iovas.free(iova, 5 * PAGE);
        assertEquals(iova, iovas.allocate(7 * PAGE, LAST39), "both take eight pages");
        assertEquals(8 * PAGE, iovas.inUse());
    }

    @Test
    void aCachedBlockBeyondTheLimitIsNotGiven() {
        IovaAllocator iovas = of(LAST39);
        iovas.free(iovas.allocate(PAGE, LAST39), PAGE);
        assertTrue(iovas.allocate(PAGE, LAST32) <= LAST32);
        assertEquals((1L << 39) - PAGE, iovas.allocate(PAGE, LAST39), "it is still cached");
    }

    @ParameterizedTest
    @CsvSource({"0x1800, 0x1000", "0x1000, 0x2000", "0, 0x1000", "0x8000000000, 0x1000"})
    void whatCannotBeABlockIsNotTakenBack(String iova, String length) {
        IovaAllocator iovas = of(LAST39);
        IommuException e = assertThrows(IommuException.class, () -> iovas.free(Long.decode(iova), Long.decode(length)));
        assertEquals(Reason.INCOMPATIBLE, e.reason());
        assertEquals(0, iovas.inUse());
    }

    @Test
    void aLargeBlockThatIsFreeIsNotTakenBackTwice() {
        IovaAllocator iovas = of(LAST39);
        long iova = iovas.allocate(64 * PAGE, LAST39);
        iovas.free(iova, 64 * PAGE);
        assertThrows(IommuException.class, () -> iovas.free(iova, 64 * PAGE));
        assertEquals(0, iovas.inUse());
    }

    @Test
    void theLastFreeAddressesAreFoundInTheCachesOfOtherThreads() throws InterruptedException {
        IovaAllocator iovas = of(64 * PAGE - 1);
        List<Long> all = exhaust(iovas, LAST32);
        assertEquals(63, all.size());
        Thread other = new Thread(() -> all.forEach(iova -> iovas.free(iova, PAGE)));
        other.start();
        other.join();
        assertEquals(0, iovas.inUse());
        assertEquals(IovaAllocator.NONE, iovas.tryAllocate(32 * PAGE, LAST32), "all is cached, as single pages");
        assertEquals(32 * PAGE, iovas.allocate(32 * PAGE, LAST32));
        assertEquals(16 * PAGE, iovas.allocate(16 * PAGE, LAST32), "they have joined again");
    }

    @Test
    void anExhaustedSpaceSaysSoAndWorksAgainWhenSomethingIsFreed() {
        IovaAllocator iovas = of(16 * PAGE - 1);
        long half = iovas.allocate(8 * PAGE, LAST32);
        assertEquals(8 * PAGE, half);
        assertEquals(IovaAllocator.NONE, iovas.allocate(8 * PAGE, LAST32), "the lower half has page 0");
        assertEquals(IovaAllocator.NONE, iovas.allocate(1L << 40, LAST32));
        iovas.free(half, 8 * PAGE);
        assertEquals(half, iovas.allocate(8 * PAGE, LAST32));
        assertEquals(8 * PAGE, iovas.inUse());
    }

    @Test
    void liveBlocksAreDisjointAlignedAndAllComesBack() {
        long seed = Long.getLong("iommu4j.seed", 99L);
        int rounds = 4 * Integer.getInteger("iommu4j.scale", 1);
        for (int round = 0; round < rounds; round++) {
            long last = (1L << 24 + round % 3) - 1;
            live(new Random(seed + round), of(last), last, "seed " + (seed + round));
        }
    }

    private static void live(Random random, IovaAllocator iovas, long last, String where) {
        long before = iovas.freeInTree();
        TreeMap<Long, Long> live = new TreeMap<>();
        List<Long> order = new ArrayList<>();
        long held = 0;
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(100) < (step / 2000 % 2 == 0 ? 70 : 30)) {
                long length = 1 + random.nextInt((int) PAGE * (random.nextInt(20) == 0 ? 100 : 20));
                long limit = random.nextBoolean() ? last : random.nextInt((int) last);
                long iova = iovas.allocate(length, limit);
                if (iova != IovaAllocator.NONE) {
                    long block = iovas.blockLength(length);
                    assertTrue(iova > 0 && iova + block - 1 <= limit, where);
                    assertTrue(iovas.canStart(iova, length), where);
                    Map.Entry<Long, Long> below = live.floorEntry(iova + block - 1);
                    assertFalse(below != null && below.getKey() + iovas.blockLength(below.getValue()) > iova, where);
                    live.put(iova, length);
                    order.add(iova);
                    held += block;
                }
            } else if (!order.isEmpty()) {
                long iova = order.remove(random.nextInt(order.size()));
                long length = live.remove(iova);
                held -= iovas.blockLength(length);
                iovas.free(iova, length);
            }
            assertEquals(held, iovas.inUse(), where);
        }
        order.forEach(iova -> iovas.free(iova, live.get(iova)));
        iovas.drainCaches();
        assertEquals(before, iovas.freeInTree(), where);
    }

    /** Each page has a word; who is given a page sets it, and must find it unset. Blocks move between threads. */
    @Test
    void threadsNeverShareAPage() throws InterruptedException {
        long seed = Long.getLong("iommu4j.seed", 7L);
        int steps = 30_000 * Integer.getInteger("iommu4j.scale", 1);
        int pages = 4096;
        IovaAllocator iovas = of(pages * PAGE - 1);
        long before = iovas.freeInTree();
        AtomicLongArray owners = new AtomicLongArray(pages);
        Queue<long[]> shared = new ConcurrentLinkedQueue<>();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 1; t <= 4; t++) {
            Random random = new Random(seed + t);
            long me = t;
            threads.add(new Thread(() -> {
                try {
                    for (int step = 0; step < steps; step++) {
                        if (random.nextBoolean()) {
                            take(iovas, owners, shared, random, me, wrong);
                        } else {
                            give(iovas, owners, shared.poll());
                        }
                    }
                } catch (RuntimeException e) {
                    wrong.add("seed " + seed + ": " + e);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(List.of(), List.copyOf(wrong), "seed " + seed);
        assertNotEquals(0, shared.size());
        shared.forEach(block -> give(iovas, owners, block));
        assertEquals(0, iovas.inUse());
        iovas.drainCaches();
        assertEquals(before, iovas.freeInTree());
    }

    private static void take(IovaAllocator iovas, AtomicLongArray owners, Queue<long[]> shared, Random random, long me,
            Queue<String> wrong) {
        long length = PAGE * (1 + random.nextInt(40));
        long iova = iovas.allocate(length, LAST32);
        if (iova == IovaAllocator.NONE) {
            return;
        }
        for (long at = iova; at < iova + iovas.blockLength(length); at += PAGE) {
            if (!owners.compareAndSet((int) (at >>> PAGE_LG2), 0, me)) {
                wrong.add(Long.toHexString(at) + " given twice");
            }
        }
        shared.add(new long[] {iova, length});
    }

    private static void give(IovaAllocator iovas, AtomicLongArray owners, long[] block) {
        if (block != null) {
            for (long at = block[0]; at < block[0] + iovas.blockLength(block[1]); at += PAGE) {
                owners.set((int) (at >>> PAGE_LG2), 0);
            }
            iovas.free(block[0], block[1]);
        }
    }
}
