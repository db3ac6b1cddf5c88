package org.iommu4j.api.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FrameTableTest {
    private static final long BASE = 1L << 40;
    private static final long LENGTH = 1L << 22;
    private static final int PAGE_LG2 = 12;

    private final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(BASE, LENGTH)));
    private final FrameTable frames = new FrameTable(memory, new TablePool(memory, BASE, LENGTH));
    private final PageAllocator tables = frames.allocator("tables", LENGTH);

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void anAllocationIsZeroedAlignedAndOwned() {
        long pa = tables.allocate(PAGE_LG2);
        memory.store64(pa, 99);
        tables.free(pa, PAGE_LG2);
        long again = tables.allocate(14);
        assertEquals(0, again & (1 << 14) - 1);
        assertEquals(0, memory.load64(again));
        assertEquals("tables", frames.ownerOf(again + 4096));
        assertEquals(1 << 14, tables.held());
    }

    @Test
    void aFreedFrameIsPoisonedAndNobodys() {
        long pa = tables.allocate(PAGE_LG2);
        tables.free(pa, PAGE_LG2);
        assertEquals(FrameTable.POISON, memory.load64(pa + 4088));
        assertNull(frames.ownerOf(pa));
        assertNull(frames.ownerOf(BASE - 1));
    }

    @Test
    void whatIsInUseIsTakenAsItIsAndNotGivenAgain() {
        memory.store64(BASE, 99);
        tables.hold(BASE, 14);
        assertEquals(99, memory.load64(BASE));
        assertEquals(1 << 14, tables.held());
        assertEquals("tables", frames.ownerOf(BASE + 0x3000));
        assertTrue(tables.allocate(PAGE_LG2) >= BASE + 0x4000);
        tables.free(BASE, 14);
        assertEquals(FrameTable.POISON, memory.load64(BASE));
    }

    @Test
    void takingWhatIsHeldOrOutsideIsRefusedWhole() {
        PageAllocator other = frames.allocator("other", LENGTH);
        other.hold(BASE + 0x3000, PAGE_LG2);
        assertEquals(Reason.EXISTS, refused(() -> tables.hold(BASE, 14)));
        assertNull(frames.ownerOf(BASE));
        assertEquals(Reason.BAD_ADDRESS, refused(() -> tables.hold(BASE + 0x1000, 13)));
        assertEquals(Reason.BAD_ADDRESS, refused(() -> tables.hold(BASE + LENGTH, PAGE_LG2)));
        assertEquals(Reason.BAD_ADDRESS, refused(() -> tables.hold(BASE - 0x1000, PAGE_LG2)));
        assertEquals(0, tables.held());
    }

    @Test
    void freeingWhatIsNotHeldIsRefusedWhole() {
        PageAllocator other = frames.allocator("other", LENGTH);
        long pa = tables.allocate(13);
        assertEquals(Reason.NOT_OWNER, refused(() -> other.free(pa, PAGE_LG2)));
        assertEquals(Reason.NOT_OWNER, refused(() -> tables.free(pa, 14)));
        assertEquals(Reason.NOT_OWNER, refused(() -> tables.free(BASE + LENGTH, PAGE_LG2)));
        assertEquals(1 << 13, tables.held());
        assertEquals(0, memory.load64(pa));
    }

    @Test
    void quotaAndPoolAreLimitsWithNames() {
        PageAllocator poor = frames.allocator("poor", 8192);
        poor.allocate(13);
        IommuException refused = assertThrows(IommuException.class, () -> poor.allocate(PAGE_LG2));
        assertEquals(Reason.NO_MEMORY, refused.reason());
        assertTrue(refused.getMessage().contains("poor") && refused.getMessage().contains("8192"));
        assertEquals(8192, poor.held());
        assertEquals(Reason.NO_MEMORY, refused(() -> tables.allocate(FrameTable.MAX_SIZE_LG2)));
        assertEquals(Reason.INCOMPATIBLE, refused(() -> tables.allocate(PAGE_LG2 - 1)));
    }

    @Test
    void everyFrameOfThePoolCanBeHad() {
        for (long i = 0; i < LENGTH >>> PAGE_LG2; i++) {
            tables.allocate(PAGE_LG2);
        }
        assertEquals(Reason.NO_MEMORY, refused(() -> tables.allocate(PAGE_LG2)));
        tables.free(BASE + 5 * 4096, PAGE_LG2);
        assertEquals(BASE + 5 * 4096, tables.allocate(PAGE_LG2));
    }

    @Test
    void threadsNeverGetTheSameFrame() throws InterruptedException {
        long seed = System.nanoTime();
        Map<Long, Integer> held = new ConcurrentHashMap<>();
        List<String> clashes = java.util.Collections.synchronizedList(new ArrayList<>());
        CountDownLatch done = new CountDownLatch(3);
        for (int t = 0; t < 3; t++) {
            int me = t;
            new Thread(() -> {
                Random random = new Random(seed + me);
                List<long[]> mine = new ArrayList<>();
                for (int i = 0; i < 4000 * Integer.getInteger("iommu4j.scale", 1); i++) {
                    if (mine.size() < 20 && random.nextBoolean()) {
                        int sizeLg2 = PAGE_LG2 + random.nextInt(3);
                        long pa = tables.allocate(sizeLg2);
                        for (long at = pa; at < pa + (1L << sizeLg2); at += 4096) {
                            if (held.put(at, me) != null) {
                                clashes.add("seed " + seed + ": " + Long.toHexString(at));
                            }
                        }
                        mine.add(new long[] {pa, sizeLg2});
                    } else if (!mine.isEmpty()) {
                        release(mine.remove(random.nextInt(mine.size())), held);
                    }
                }
                mine.forEach(each -> release(each, held));
                done.countDown();
            }).start();
        }
        done.await();
        assertEquals(List.of(), clashes);
        assertEquals(0, tables.held());
    }

    private void release(long[] allocation, Map<Long, Integer> held) {
        for (long at = allocation[0]; at < allocation[0] + (1L << allocation[1]); at += 4096) {
            held.remove(at);
        }
        tables.free(allocation[0], (int) allocation[1]);
    }

    private static Reason refused(Runnable call) {
        return assertThrows(IommuException.class, call::run).reason();
    }
}
