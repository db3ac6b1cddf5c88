package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Entries are fetched whole, at any instant of software's stores, and used as they were read. */
class TearingTest {
    private static final long RIGHTS = 0x6000_0000_0000_0000L;

    @Test
    void aDeviceTableEntryIsUsedAsItIsBetweenTwoStores() {
        try (AmdBench bench = new AmdBench().host(RIGHTS | AmdBench.ROOT | 0x803).start()) {
            AtomicBoolean once = new AtomicBoolean();
            // A new entry with a reserved bit in its upper half, whose lower half software has not yet stored.
            bench.model.preemptBetweenFetches(() -> {
                if (once.compareAndSet(false, true)) {
                    bench.memory.store128(AmdBench.DEVICE_TABLE + 32 * AmdBench.RID + 16, 1L << 59 | 1, 0);
                }
            });
            assertEquals(0x1080_0000_0000_0010L, bench.fault(bench.read(0x5000)));
        }
    }

    @Test
    void theTwoHalvesOfAnEntryAreOfOneInstant() throws InterruptedException {
        try (AmdBench bench = new AmdBench()) {
            AtomicBoolean stop = new AtomicBoolean();
            long pa = 0x50_0000;
            Thread software = new Thread(() -> {
                for (long i = 1; !stop.get(); i++) {
                    bench.memory.store128(pa + 16, i, ~i);
                    bench.memory.store128(pa, i, ~i);
                }
            });
            bench.memory.store128(pa, 0, ~0L);
            bench.memory.store128(pa + 16, 0, ~0L);
            software.start();
            EntryFetch fetch = new EntryFetch(bench.board, new EntryFetch.Preemption());
            long[] words = new long[4];
            for (int i = 0; i < 200_000; i++) {
                fetch.fetchDevice(pa, true, words);
                assertEquals(~words[0], words[1]);
                assertEquals(~words[2], words[3]);
                assertTrue(words[2] == words[0] || words[2] == words[0] + 1, "never older than the lower half");
            }
            stop.set(true);
            software.join();
        }
    }

    @Test
    void everyLevelIsFetchedApart() {
        Set<Long> answers = new TreeSet<>();
        for (int at = 1; at <= 5; at++) {
            try (AmdBench bench = AmdBench.host()) {
                bench.map(0x5000, RIGHTS | 0x12_3001);
                long other = 0x50_0000;
                bench.put(other, 4, 1, 0x5000, RIGHTS | 0x12_4001);
                AtomicInteger fetches = new AtomicInteger();
                int moment = at;
                // Before the n-th fetch, the root and all tables below it are exchanged.
                bench.model.preemptBetweenFetches(() -> {
                    if (fetches.incrementAndGet() == moment) {
                        bench.memory.store64(AmdBench.ROOT, bench.memory.load64(other));
                        bench.map(0x5000, RIGHTS | 0x12_4001);
                    }
                });
                answers.add(bench.read(0x5000));
            }
        }
        assertEquals(Set.of(0x12_3000L, 0x12_4000L), answers);
    }

    @Test
    void aFillThatAnInvalidationOvertakesIsDropped() {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x5000, RIGHTS | 0x12_3001);
            AtomicInteger fetches = new AtomicInteger();
            bench.model.preemptBetweenFetches(() -> {
                // The device table entry and three levels have been read.
                if (fetches.incrementAndGet() == 5) {
                    long copy = bench.table();
                    bench.memory.store64(copy + 8 * 5, RIGHTS | 0x12_4001);
                    bench.put(AmdBench.ROOT, 4, 2, 0, RIGHTS | copy | 1 << 9 | 1);
                    bench.submit(AmdBench.PAGES | 5L << 32, 0x5002);
                }
            });
            assertEquals(0x12_3000, bench.read(0x5000));
            bench.model.preemptBetweenFetches(null);
            assertEquals(0x12_4000, bench.read(0x5000), "nothing old is cached");
        }
    }

    @Test
    void anOvertakenDeviceTableEntryIsDropped() {
        try (AmdBench bench = new AmdBench().host(RIGHTS | AmdBench.ROOT | 0x803).start()) {
            bench.map(0x5000, RIGHTS | 0x12_3001);
            AtomicInteger fetches = new AtomicInteger();
            bench.model.preemptBetweenFetches(() -> {
                if (fetches.incrementAndGet() == 2) {
                    bench.entry(AmdBench.RID, 3, 5, 0);
                    bench.submit(AmdBench.DEVICE | AmdBench.RID, 0);
                }
            });
            assertEquals(0x12_3000, bench.read(0x5000));
            bench.model.preemptBetweenFetches(null);
            assertEquals(Requester.ABORT, bench.read(0x5000));
        }
    }
}
