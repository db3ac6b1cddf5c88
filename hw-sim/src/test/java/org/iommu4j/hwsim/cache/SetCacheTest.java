package org.iommu4j.hwsim.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.iommu4j.api.IommuException;
import org.junit.jupiter.api.Test;

class SetCacheTest {
    private static final long VALID = 1L << 63;

    private final Generation generation = new Generation();

    private SetCache cache(int sets, int ways, int words) {
        return new SetCache(new CacheGeometry(sets, ways), words, 7, generation);
    }

    @Test
    void whatWasPutIsFoundAndReplacedByItsKey() {
        SetCache cache = cache(4, 2, 2);
        long[] into = new long[2];
        assertFalse(cache.get(VALID | 1, into));
        cache.put(VALID | 1, new long[] {11, 12}, generation.current());
        assertTrue(cache.get(VALID | 1, into));
        assertEquals(11, into[0]);
        assertEquals(12, into[1]);
        cache.put(VALID | 1, new long[] {21, 22}, generation.current());
        assertTrue(cache.get(VALID | 1, into));
        assertEquals(21, into[0]);
        cache.remove(VALID | 1);
        assertFalse(cache.get(VALID | 1, into), "there was one entry of that key");
    }

    @Test
    void aCacheOfOneEntryHoldsTheLast() {
        SetCache cache = cache(1, 1, 1);
        for (long i = 1; i < 100; i++) {
            cache.put(VALID | i, i, generation.current());
            assertEquals(i, cache.get(VALID | i));
            assertEquals(0, cache.get(VALID | i - 1));
        }
    }

    @Test
    void replacementUsesEveryWay() {
        SetCache cache = cache(1, 4, 1);
        for (long i = 1; i <= 4; i++) {
            cache.put(VALID | i, i, generation.current());
        }
        for (long i = 1; i <= 4; i++) {
            assertEquals(i, cache.get(VALID | i), "free ways are used first");
        }
        for (long i = 5; i < 200; i++) {
            cache.put(VALID | i, i, generation.current());
        }
        int old = 0;
        for (long i = 1; i <= 4; i++) {
            old += cache.get(VALID | i) != 0 ? 1 : 0;
        }
        assertEquals(0, old);
    }

    @Test
    void anOvertakenFillIsDropped() {
        SetCache cache = cache(1, 1, 1);
        long remembered = generation.current();
        generation.begin();
        cache.clear();
        cache.put(VALID | 1, 1, remembered);
        assertEquals(0, cache.get(VALID | 1), "begun meanwhile");
        cache.put(VALID | 1, 1, generation.current());
        assertEquals(0, cache.get(VALID | 1), "still under way");
        generation.end();
        cache.put(VALID | 1, 1, remembered);
        assertEquals(0, cache.get(VALID | 1), "over meanwhile");
        cache.put(VALID | 1, 1, generation.current());
        assertEquals(1, cache.get(VALID | 1));
    }

    @Test
    void removalTakesWhatMatchesAndNothingElse() {
        SetCache cache = cache(16, 4, 2);
        for (long i = 0; i < 16; i++) {
            cache.put(VALID | i, new long[] {1, i % 4}, generation.current());
        }
        cache.removeMatching(VALID | 0b1000, VALID | 0b1000, 0b11, 2);
        long[] into = new long[2];
        for (long i = 0; i < 16; i++) {
            assertEquals(!(i >= 8 && i % 4 == 2), cache.get(VALID | i, into), "key " + i);
        }
        cache.removeBetween(VALID | 3, VALID | 5);
        for (long i = 0; i < 8; i++) {
            assertEquals(i < 3 || i > 5, cache.get(VALID | i, into), "key " + i);
        }
    }

    @Test
    void geometryOutsideItsLimitsIsRefused() {
        assertThrows(IommuException.class, () -> new CacheGeometry(3, 1));
        assertThrows(IommuException.class, () -> new CacheGeometry(0, 1));
        assertThrows(IommuException.class, () -> new CacheGeometry(1 << 17, 1));
        assertThrows(IommuException.class, () -> new CacheGeometry(1, 0));
        assertThrows(IommuException.class, () -> new CacheGeometry(1, 65));
    }

    /** Memory holds a version; software raises it, invalidates and drains: nobody may then see an older one. */
    @Test
    void afterInvalidationAndDrainNobodySeesTheOldVersion() throws InterruptedException {
        SetCache cache = cache(1, 2, 1);
        Intervals intervals = new Intervals();
        AtomicLong memory = new AtomicLong(1);
        AtomicLong drained = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong stale = new AtomicLong();
        Thread[] devices = new Thread[2];
        for (int i = 0; i < devices.length; i++) {
            Intervals.Cell cell = intervals.cell();
            devices[i] = new Thread(() -> {
                while (!stop.get()) {
                    long floor = drained.get();
                    cell.enter();
                    long remembered = generation.current();
                    long seen = cache.get(VALID | 1);
                    if (seen == 0) {
                        seen = memory.get();
                        cache.put(VALID | 1, seen, remembered);
                    }
                    cell.exit();
                    if (seen < floor) {
                        stale.incrementAndGet();
                    }
                }
            });
            devices[i].start();
        }
        for (long version = 2; version < 50_000; version++) {
            memory.set(version);
            generation.begin();
            cache.remove(VALID | 1);
            generation.end();
            intervals.drain();
            drained.set(version);
        }
        stop.set(true);
        for (Thread device : devices) {
            device.join();
        }
        assertEquals(0, stale.get());
    }
}
