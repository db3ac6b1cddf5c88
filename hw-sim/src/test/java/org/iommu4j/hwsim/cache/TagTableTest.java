package org.iommu4j.hwsim.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TagTableTest {
    private final TagTable table = new TagTable();

    @Test
    void aPairKeepsItsTagAndSharesItWithNone() {
        Set<Integer> tags = new HashSet<>();
        for (int domain = 0; domain < 50; domain++) {
            for (int space = 0; space < 50; space++) {
                int tag = table.tag(domain, space);
                assertTrue(tag > 0 && tag < 65536 && tags.add(tag), "tag " + tag);
                assertEquals(tag, table.find(domain, space));
            }
        }
        assertEquals(TagTable.NONE, table.find(50, 0));
    }

    @Test
    void manyDomainsAreForgottenAndAllSpacesOfOneAreShown() {
        for (int domain : new int[] {5, 0x1_0005, 0x2_0000}) {
            table.tag(domain, 0);
            table.tag(domain, 0xf_0001);
        }
        Map<Integer, Integer> shown = new HashMap<>();
        table.visit(0x1_0005, shown::put);
        assertEquals(Map.of(0, table.find(0x1_0005, 0), 0xf_0001, table.find(0x1_0005, 0xf_0001)), shown);
        int kept = table.find(0x2_0000, 0);
        table.forgetDomains(0, 0x1_ffff);
        assertEquals(kept, table.find(0x2_0000, 0));
        assertNotEquals(shown.get(0), table.find(0x1_0005, 0));
        table.forgetDomains(0x2_0000, 0x2_0000);
        assertNotEquals(kept, table.find(0x2_0000, 0));
    }

    @Test
    void forgettingChangesTheTagsThatItNames() {
        int[][] before = tags();
        table.forget(3, 1);
        int[][] after = tags();
        for (int domain = 0; domain < 8; domain++) {
            for (int space = 0; space < 3; space++) {
                assertEquals(domain != 3 || space != 1, before[domain][space] == after[domain][space]);
            }
        }
        table.forgetDomain(3);
        int[][] last = tags();
        for (int domain = 0; domain < 8; domain++) {
            for (int space = 0; space < 3; space++) {
                assertEquals(domain != 3, last[domain][space] == after[domain][space]);
                assertFalse(domain == 3 && last[domain][space] == before[domain][space], "no tag comes back");
            }
        }
    }

    private int[][] tags() {
        int[][] tags = new int[8][3];
        for (int domain = 0; domain < 8; domain++) {
            for (int space = 0; space < 3; space++) {
                tags[domain][space] = table.tag(domain, space);
            }
        }
        return tags;
    }

    @Test
    void tooManyPairsAreNotCachedUntilARestart() {
        int given = 0;
        for (int domain = 0; domain < 65_536; domain++) {
            given += table.tag(domain, 0) == TagTable.NONE ? 0 : 1;
        }
        assertTrue(given >= 2048 && given < 65_536, given + " pairs");
        assertTrue(table.runsOut());
        table.restart();
        assertFalse(table.runsOut());
        assertNotEquals(TagTable.NONE, table.tag(65_535, 0));
    }

    @Test
    void itRunsOutLongBeforeATagWouldComeBack() {
        Set<Integer> tags = new HashSet<>();
        while (!table.runsOut()) {
            table.forgetDomain(7);
            assertTrue(tags.add(table.tag(7, 0)));
        }
        for (int i = 0; i < 1000; i++) {
            table.forgetDomain(7);
            assertTrue(tags.add(table.tag(7, 0)));
        }
    }

    /** Each device has a domain of its own and caches its number: whatever starts anew, none sees another's. */
    @Test
    void noDeviceSeesAnothersEntryWhenTagsAreGivenAgain() throws InterruptedException {
        Generation generation = new Generation();
        Intervals intervals = new Intervals();
        PageCache cache = new PageCache(new CacheGeometry(1, 4), 1, generation, 12);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong foreign = new AtomicLong();
        AtomicLong hits = new AtomicLong();
        Thread[] devices = new Thread[2];
        for (int i = 0; i < devices.length; i++) {
            int domain = i + 1;
            Intervals.Cell cell = intervals.cell();
            devices[i] = new Thread(() -> device(generation, cell, cache, domain, stop, foreign, hits));
            devices[i].start();
        }
        for (int round = 0; round < 20_000 || hits.get() == 0; round++) {
            generation.begin();
            cache.clear();
            table.restart();
            intervals.drain();
            generation.end();
        }
        stop.set(true);
        for (Thread device : devices) {
            device.join();
        }
        assertEquals(0, foreign.get());
    }

    private void device(Generation generation, Intervals.Cell cell, PageCache cache, int domain, AtomicBoolean stop,
            AtomicLong foreign, AtomicLong hits) {
        long resolvedAt = -1;
        int tag = TagTable.NONE;
        while (!stop.get()) {
            cell.enter();
            long now = generation.current();
            if (now != resolvedAt) {
                tag = table.tag(domain, 0);
                resolvedAt = Generation.isQuiet(now) ? now : -1;
            }
            long word = cache.find(tag, 0);
            if (word == 0) {
                cache.put(0, tag, 0, domain, now);
            } else {
                hits.incrementAndGet();
                if (word != domain) {
                    foreign.incrementAndGet();
                }
            }
            cell.exit();
        }
    }
}
