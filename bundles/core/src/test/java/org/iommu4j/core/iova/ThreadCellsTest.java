package org.iommu4j.core.iova;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ThreadCellsTest {
    private final AtomicInteger made = new AtomicInteger();
    private final ThreadCells<int[]> cells = new ThreadCells<>(() -> new int[] {made.incrementAndGet()});

    @Test
    void eachLivingThreadHasACellOfItsOwnAndKeepsIt() throws InterruptedException {
        int count = 50;
        Set<int[]> seen = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(count);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(new Thread(() -> {
                int[] mine = cells.mine();
                all.countDown();
                await(all);
                if (cells.mine() == mine) {
                    seen.add(mine);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(count, seen.size());
        assertEquals(count, cells.all().size());
    }

    @Test
    void theCellOfADeadThreadGoesToTheNextOneWithWhatIsInIt() throws InterruptedException {
        int[][] found = new int[1][];
        for (int i = 0; i < 100; i++) {
            Thread thread = new Thread(() -> {
                found[0] = cells.mine();
                found[0][0] += 1000;
            });
            thread.start();
            thread.join();
        }
        assertEquals(1, made.get());
        assertSame(found[0], cells.mine());
        assertEquals(100_001, found[0][0]);
    }

    @Test
    void noThreadIsKeptAlive() throws InterruptedException {
        Thread thread = new Thread(cells::mine);
        thread.start();
        thread.join();
        WeakReference<Thread> weak = new WeakReference<>(thread);
        thread = null;
        for (int i = 0; i < 100 && weak.get() != null; i++) {
            System.gc();
        }
        assertTrue(weak.refersTo(null));
        assertEquals(1, cells.mine()[0]);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
