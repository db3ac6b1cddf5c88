package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Accessed and dirty bits of the second stage: VT-d specification 3.7.2, 9.6 (SSADE), 9.8 (A bit 8, D bit 9). */
class DirtyBitsTest {
    private static final long SLOT = 0x20_3000L + 8 * 5;

    /** P, SSADE, AW 2, PGTT 2, SSPTPTR 0x20_0000. */
    private static VtdBench bench(long word1) {
        return new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE | 1L << 45, VtdCaches.DEFAULT, 1)
                .startScalable(0x20_0289L, word1);
    }

    @Test
    void readsMarkAccessedAndWritesDirty() {
        try (VtdBench bench = bench(0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x30_0000L, bench.read(0x5000));
            assertEquals(0x30_0103L, bench.memory.load64(SLOT));
            assertEquals(0x20_1103L, bench.memory.load64(0x20_0000), "tables are marked as accessed");
            assertEquals(0x30_0000L, bench.write(0x5000));
            assertEquals(0x30_0303L, bench.memory.load64(SLOT));
            assertEquals(0x20_3103L, bench.memory.load64(0x20_2000), "and never as dirty");
        }
    }

    @Test
    void aReadAndClearWithoutInvalidationMissesWrites() {
        try (VtdBench bench = bench(0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            bench.write(0x5000);
            bench.memory.compareAndSet64(SLOT, 0x30_0303L, 0x30_0103L);
            bench.write(0x5000);
            assertEquals(0x30_0103L, bench.memory.load64(SLOT), "cached as dirty");
            bench.submit(0xf2 | 5 << 16, 0x5040);
            bench.write(0x5000);
            assertEquals(0x30_0303L, bench.memory.load64(SLOT));
        }
    }

    @Test
    void aPageThatMayNotBeWrittenNeverGetsDirty() {
        try (VtdBench bench = bench(0x80_0005L)) {
            bench.map(0x5000, 0x30_0001L);
            bench.read(0x5000);
            assertEquals(Requester.ABORT, bench.write(0x5000));
            assertEquals(0x85, bench.fault(), "SGN.6");
            assertEquals(0x30_0101L, bench.memory.load64(SLOT));
        }
    }

    @Test
    void aMappingThatChangedBeforeTheMarkIsFollowed() {
        try (VtdBench bench = bench(0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            bench.read(0x5000);
            bench.memory.store64(SLOT, 0);
            assertEquals(0x30_0000L, bench.read(0x5000), "cached for reading");
            assertEquals(Requester.ABORT, bench.write(0x5000), "a write has to mark what is no longer there");
            assertEquals(0x79, bench.fault(), "SSS.2");
        }
    }

    @Test
    void withoutSsadeNothingIsMarked() {
        try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE | 1L << 45, VtdCaches.DEFAULT, 1)
                .startScalable(0x20_0089L, 0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            bench.write(0x5000);
            assertEquals(0x30_0003L, bench.memory.load64(SLOT));
        }
    }

    @Test
    void withoutSnoopingMarksCannotBeMade() {
        try (VtdBench bench = bench(5)) {
            bench.map(0x5000, 0x30_0003L);
            bench.flushed.flush(0x20_0000, 0x4000);
            assertEquals(0x7c, bench.faultOfRead(0x5000), "SSS.5");
        }
    }
}
