package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.iommu4j.hwsim.machine.FlushedView;
import org.junit.jupiter.api.Test;

/** Units that read without snooping see what has been flushed, and nothing else: VT-d specification 11.4.3, C. */
class NonCoherentTest {
    /** C is clear; DID 5, AW 2, SSPTPTR 0x20_0000. */
    private static VtdBench legacy() {
        return new VtdBench(VtdBench.CAP, VtdBench.ECAP & ~1L, VtdCaches.DEFAULT, 1).startLegacy(0x20_0001L, 0x502);
    }

    private static void flush(VtdBench bench, long... tables) {
        for (long table : tables) {
            bench.flushed.flush(table, 0x1000);
        }
    }

    @Test
    void everyForgottenFlushIsSeen() {
        List<Long> tables = List.of(VtdBench.ROOT, VtdBench.CONTEXTS, 0x20_0000L, 0x20_1000L, 0x20_2000L, 0x20_3000L);
        int[] reasons = {0x01, 0x02, 0x06, 0x06, 0x06, 0x06};
        for (int forgotten = 0; forgotten < reasons.length; forgotten++) {
            try (VtdBench bench = legacy()) {
                bench.map(0x5000, 0x30_0003L);
                for (int i = 0; i < reasons.length; i++) {
                    if (i != forgotten) {
                        flush(bench, tables.get(i));
                    }
                }
                assertEquals(reasons[forgotten], bench.faultOfRead(0x5000), "table " + forgotten);
                flush(bench, tables.get(forgotten));
                assertEquals(0x30_0000L, bench.read(0x5000));
            }
        }
    }

    @Test
    void anOldEntryIsReadUntilItsLineIsFlushed() {
        try (VtdBench bench = legacy()) {
            bench.map(0x5000, 0x30_0003L);
            flush(bench, VtdBench.ROOT, VtdBench.CONTEXTS, 0x20_0000L, 0x20_1000L, 0x20_2000L, 0x20_3000L);
            assertEquals(0x30_0000L, bench.read(0x5000));
            bench.map(0x5000, 0x31_0003L);
            bench.submit(0xd2, 0);
            assertEquals(0x30_0000L, bench.read(0x5000), "invalidated, but not flushed");
            bench.flushed.flush(0x20_3040L, 0x40);
            bench.submit(0xd2, 0);
            assertEquals(0x30_0000L, bench.read(0x5000), "another line");
            bench.flushed.flush(0x20_303fL, 1);
            bench.submit(0xd2, 0);
            assertEquals(0x31_0000L, bench.read(0x5000));
        }
    }

    @Test
    void theQueueIsReadCoherently() {
        try (VtdBench bench = legacy()) {
            bench.submit(0x25 | 7L << 32, VtdBench.STATUS);
            assertEquals(7, bench.memory.loadAcquire32(VtdBench.STATUS));
        }
    }

    @Test
    void pagingStructuresOfScalableModeAreSnoopedAsTheirEntrySays() {
        long coherentEntriesOnly = VtdBench.ECAP_SCALABLE & ~(1L << 48);
        try (VtdBench bench = new VtdBench(VtdBench.CAP, coherentEntriesOnly, VtdCaches.DEFAULT, 1)
                .startScalable(0x20_0089L, 5)) {
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x79, bench.faultOfRead(0x5000), "SSS.2, without SMPWCS");
        }
        try (VtdBench bench = VtdBench.scalable().startScalable(0x20_0089L, 5)) {
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x79, bench.faultOfRead(0x5000), "SSS.2, PWSNP is clear");
            bench.memory.store128(VtdBench.PASIDS, 0x20_0089L, 0x80_0005L);
            bench.submit(0x37, 0);
            bench.submit(0xd2, 0);
            assertEquals(0x30_0000L, bench.read(0x5000));
        }
        try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE & ~1L, VtdCaches.DEFAULT, 1)
                .startScalable(0x20_0089L, 0x80_0005L)) {
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x39, bench.faultOfRead(0x5000), "SRT.2, C is clear");
            flush(bench, VtdBench.ROOT, VtdBench.CONTEXTS, VtdBench.DIRECTORY, VtdBench.PASIDS);
            assertEquals(0x30_0000L, bench.read(0x5000), "SMPWCS and PWSNP are set");
        }
    }

    @Test
    void linesAreFlushedWhole() {
        try (VtdBench bench = legacy(); FlushedView view = new FlushedView(bench.memory)) {
            bench.memory.fill(0x50_0000, 192, 7);
            view.flush(0x50_0047, 1);
            assertEquals(0, view.ram().load64(0x50_0038));
            assertEquals(7, view.ram().load64(0x50_0040));
            assertEquals(7, view.ram().load64(0x50_0078));
            assertEquals(0, view.ram().load64(0x50_0080));
            view.flush(0x50_0038, 16);
            assertEquals(7, view.ram().load64(0x50_0000));
        }
    }
}
