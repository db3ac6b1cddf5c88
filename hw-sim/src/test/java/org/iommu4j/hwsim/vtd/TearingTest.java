package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Entries are fetched in units, and used as they were read: VT-d specification 9, 6.5.3.3. */
class TearingTest {
    private static final int SEEDS = 64;

    @Test
    void anEntryThatChangesBetweenTwoUnitsIsUsedMixed() {
        int mixed = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE, VtdCaches.DEFAULT, seed)) {
                bench.startScalable(0x20_0089L, 0x80_0005L);
                bench.map(0x5000, 0x30_0003L);
                long context = VtdBench.CONTEXTS + 32 * VtdBench.RID;
                AtomicBoolean once = new AtomicBoolean();
                // Both the old entry and the new one are legal; only the new word 2 with the old P is not.
                bench.model.preemptBetweenFetches(() -> {
                    if (once.compareAndSet(false, true)) {
                        bench.memory.store128(context, 0, 0);
                        bench.memory.store128(context + 16, 1, 0);
                    }
                });
                int fault = bench.faultOfRead(0x5000);
                assertTrue(fault == 0x41 || fault == 0x42, "SCT.2 or, mixed, SCT.3: " + fault);
                mixed += fault == 0x42 ? 1 : 0;
            }
        }
        assertTrue(mixed > 0 && mixed < SEEDS, "mixed in " + mixed + " of " + SEEDS + " orders");
    }

    @Test
    void aUnitOf128BitsIsNeverMixed() throws InterruptedException {
        try (VtdBench bench = VtdBench.legacy()) {
            AtomicBoolean stop = new AtomicBoolean();
            Thread software = new Thread(() -> {
                for (long i = 0; !stop.get(); i++) {
                    bench.memory.store128(0x50_0000, i, ~i);
                }
            });
            bench.memory.store128(0x50_0000, 0, ~0L);
            software.start();
            EntryFetch fetch = new EntryFetch(bench.caps, bench.board, new EntryFetch.Preemption(), 1);
            long[] words = new long[2];
            for (int i = 0; i < 200_000; i++) {
                fetch.fetchUnits(0x50_0000, words, 2);
                assertEquals(~words[0], words[1]);
            }
            stop.set(true);
            software.join();
        }
    }

    @Test
    void aFillThatAnInvalidationOvertakesIsDropped() {
        try (VtdBench bench = VtdBench.scalable().startScalable(0x20_0089L, 0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            AtomicBoolean once = new AtomicBoolean();
            bench.model.preemptBetweenFetches(() -> {
                // Between the levels of the walk: the leaf's table has been linked to already.
                if (bench.counter("memoryReferences") >= 6 && once.compareAndSet(false, true)) {
                    bench.memory.store64(0x28_0000 + 8 * 5, 0x31_0003L);
                    bench.memory.store64(0x20_2000, 0x28_0003L);
                    bench.submit(0xf2 | 5 << 16, 0x5000);
                }
            });
            long during = bench.read(0x5000);
            assertTrue(during == 0x30_0000L || during == 0x31_0000L);
            assertTrue(once.get());
            bench.model.preemptBetweenFetches(null);
            assertEquals(0x31_0000L, bench.read(0x5000), "nothing old is cached");
            assertEquals(2, bench.counter("iotlb.misses"));
        }
    }

    @Test
    void anOvertakenContextEntryIsDropped() {
        try (VtdBench bench = VtdBench.scalable().startScalable(0x20_0089L, 0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            AtomicBoolean once = new AtomicBoolean();
            bench.model.preemptBetweenFetches(() -> {
                if (once.compareAndSet(false, true)) {
                    bench.memory.store128(VtdBench.CONTEXTS + 32 * VtdBench.RID, 0, 0);
                    bench.submit(0x11, 0);
                }
            });
            bench.read(0x5000);
            bench.model.preemptBetweenFetches(null);
            bench.fault();
            assertEquals(Requester.ABORT, bench.read(0x5000));
            assertEquals(0x41, bench.fault());
        }
    }
}
