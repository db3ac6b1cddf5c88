package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Entries typed from VT-d specification 9.6, 9.7; reasons from 7.1.3, SPT, SFS and SGN; accessed bits 3.6.2. */
class FirstStageTest {
    /** FS1GP, FS5LP besides what the bench has. */
    private static final long CAP = VtdBench.CAP | 1L << 56 | 1L << 60;
    /** FSTS, EAFS besides. */
    private static final long ECAP = VtdBench.ECAP_SCALABLE | 1L << 47 | 1L << 34;
    /** P, PGTT 1; AW does not count. */
    private static final long WORD0 = 0x41L;
    /** DID 5, PWSNP. */
    private static final long WORD1 = 0x80_0005L;
    /** FSPTPTR 0x20_0000, four levels. */
    private static final long WORD2 = 0x20_0000L;
    private static final long LEAF = 0x3f_f000L;

    private static VtdBench bench() {
        return bench(WORD0, WORD1, WORD2);
    }

    private static VtdBench bench(long word0, long word1, long word2) {
        VtdBench bench = new VtdBench(CAP, ECAP, VtdCaches.DEFAULT, 1);
        bench.memory.store64(VtdBench.PASIDS + 16, word2);
        return bench.startScalable(word0, word1);
    }

    /** P, RW, US in tables at 0x20_0000, 0x20_1000, 0x20_2000, 0x20_3000, one a level; address 0x5000. */
    private static void tables(VtdBench bench, long leaf) {
        bench.memory.store64(0x20_0000, 0x20_1007L);
        bench.memory.store64(0x20_1000, 0x20_2007L);
        bench.memory.store64(0x20_2000, 0x20_3007L);
        bench.memory.store64(0x20_3000 + 8 * 5, leaf);
    }

    private static int faultWith(long word0, long word1, long word2) {
        try (VtdBench bench = bench(word0, word1, word2)) {
            return bench.faultOfRead(0x5000);
        }
    }

    @Test
    void pagesTranslateAsTheirPermissionsSay() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7);
            assertEquals(LEAF | 0x123, bench.read(0x5123));
            assertEquals(LEAF | 0x123, bench.write(0x5123));
            assertEquals(0x71, bench.faultOfRead(0x6000), "SFS.2");
            bench.memory.store64(0x20_3000 + 8 * 7, 0x30_0005L);
            assertEquals(0x30_0000L, bench.read(0x7000));
            assertEquals(Requester.ABORT, bench.write(0x7000));
            assertEquals(0x85, bench.fault(), "SGN.6, RW is clear");
            bench.memory.store64(0x20_3000 + 8 * 8, 0x30_0003L);
            assertEquals(0x81, bench.faultOfRead(0x8000), "SGN.2, US is clear");
            assertEquals(0x81, bench.faultOfRead(0x8000), "SGN.2, also when it is cached");
            bench.memory.store64(0x20_3000 + 8 * 9, 0xfee0_0007L);
            assertEquals(0x87, bench.faultOfRead(0x9000), "SGN.8");
        }
    }

    @Test
    void permissionsOfAllLevelsCount() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7);
            bench.memory.store64(0x20_1000, 0x20_2005L);
            assertEquals(LEAF, bench.read(0x5000));
            assertEquals(Requester.ABORT, bench.write(0x5000));
            assertEquals(0x85, bench.fault(), "SGN.6");
        }
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7);
            bench.memory.store64(0x20_0000, 0x20_1003L);
            assertEquals(0x81, bench.faultOfRead(0x5000), "SGN.2");
        }
    }

    @Test
    void addressesMustBeCanonical() {
        try (VtdBench bench = bench()) {
            bench.memory.store64(0x20_0000 + 8 * 511, 0x20_1007L);
            tables(bench, LEAF | 7);
            assertEquals(LEAF, bench.read(0xffff_ff80_0000_5000L), "upper half, slot 511");
            assertEquals(0x80, bench.faultOfRead(1L << 47), "SGN.1");
            assertEquals(0x80, bench.faultOfRead(0xffff_7fff_ffff_f000L), "SGN.1");
            assertEquals(0x80, bench.faultOfRead(1L << 62), "SGN.1");
            assertEquals(0x71, bench.faultOfRead(0x7fff_ffff_f000L), "SFS.2, the last one of the lower half");
        }
    }

    @Test
    void fiveLevelsReachFurther() {
        try (VtdBench bench = bench(WORD0, WORD1, 0x21_0004L)) {
            tables(bench, LEAF | 7);
            bench.memory.store64(0x21_0000, 0x20_0007L);
            bench.memory.store64(0x21_0000 + 8 * 0x1ff, 0x20_0007L);
            bench.memory.store64(0x21_0000 + 8 * 0x80, 0x20_0007L);
            assertEquals(LEAF, bench.read(0x5000));
            assertEquals(LEAF, bench.read(0xffff_0000_0000_5000L));
            assertEquals(LEAF, bench.read(0x80L << 48 | 0x5000));
            assertEquals(0x80, bench.faultOfRead(0x180L << 48), "SGN.1");
            assertEquals(0x71, bench.faultOfRead(0x40L << 48), "SFS.2");
        }
    }

    @Test
    void largePagesHaveTheAttributeBitTwelve() {
        try (VtdBench bench = bench()) {
            tables(bench, 0);
            bench.memory.store64(0x20_2000 + 8, 0x60_0087L | 1 << 12);
            assertEquals(0x60_0000L + 0x1_2345L, bench.read(0x21_2345L));
            bench.memory.store64(0x20_2000 + 16, 0x60_0087L | 1 << 13);
            assertEquals(0x72, bench.faultOfRead(0x40_0000L), "SFS.3, bits 20:13");
            bench.memory.store64(0x20_1000 + 8, 0x4000_0087L);
            assertEquals(0x4000_0000L + 0x123_4567L, bench.read(0x4123_4567L));
            bench.memory.store64(0x20_0000 + 8, 0x4000_0087L);
            assertEquals(0x72, bench.faultOfRead(1L << 39), "SFS.3, PS at level 4");
        }
    }

    @Test
    void gigabytePagesAreReservedWhereTheUnitLacksThem() {
        try (VtdBench bench = new VtdBench(VtdBench.CAP, ECAP, VtdCaches.DEFAULT, 1)) {
            bench.memory.store64(VtdBench.PASIDS + 16, WORD2);
            bench.startScalable(WORD0, WORD1);
            tables(bench, 0);
            bench.memory.store64(0x20_1000 + 8, 0x4000_0087L);
            assertEquals(0x72, bench.faultOfRead(0x4000_0000L), "SFS.3");
        }
    }

    @Test
    void entriesFaultByCondition() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7 | 1L << 46);
            assertEquals(0x72, bench.faultOfRead(0x5000), "SFS.3, beyond 46 bits");
            bench.memory.store64(0x20_3000 + 8 * 6, 1L << 63 | 0x7ffL << 52 | LEAF | 7);
            assertEquals(LEAF, bench.read(0x6000), "XD and ignored bits");
            bench.memory.store64(0x20_2000 + 8, 0x20_0000_0007L);
            assertEquals(0x70, bench.faultOfRead(0x20_0000), "SFS.1");
        }
        assertEquals(0x73, faultWith(WORD0, WORD1, 0x20_0000_0000L), "SFS.4");
        assertEquals(0x5a, faultWith(WORD0, WORD1, WORD2 | 1 << 1), "SPT.3, word 2 bit 1");
        assertEquals(0x5a, faultWith(WORD0, WORD1, WORD2 | 1 << 8), "SPT.3, word 2 bits 11:8");
        assertEquals(0x5a, faultWith(WORD0, WORD1, WORD2 | 1L << 46), "SPT.3, FSPTPTR beyond 46 bits");
        assertEquals(0x5b, faultWith(WORD0, WORD1, WORD2 | 2 << 2), "SPT.4, FSPM 2");
    }

    @Test
    void whatTheUnitLacksIsRefused() {
        try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE | 1L << 47, VtdCaches.DEFAULT, 1)) {
            bench.startScalable(WORD0, WORD1);
            bench.memory.store64(VtdBench.PASIDS + 16, WORD2 | 1 << 2);
            assertEquals(0x5b, bench.faultOfRead(0x5000), "SPT.4, five levels without FS5LP");
            bench.submit(0x37, 0);
            bench.memory.store64(VtdBench.PASIDS + 16, WORD2 | 1 << 7);
            assertEquals(0x5a, bench.faultOfRead(0x5000), "SPT.3, EAFE without EAFS");
        }
    }

    @Test
    void accessedAndDirtyBitsAreSetOnceAndOnTheWayDown() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7);
            bench.read(0x5000);
            assertEquals(0x20_1027L, bench.memory.load64(0x20_0000), "A");
            assertEquals(0x20_2027L, bench.memory.load64(0x20_1000), "A");
            assertEquals(0x20_3027L, bench.memory.load64(0x20_2000), "A");
            assertEquals(LEAF | 0x27, bench.memory.load64(0x20_3028), "A, not D");
            bench.write(0x5008);
            assertEquals(LEAF | 0x67, bench.memory.load64(0x20_3028), "A and D");
            assertEquals(0x20_3027L, bench.memory.load64(0x20_2000), "D is a leaf's");
            bench.memory.store64(0x20_3028, LEAF | 7);
            bench.write(0x5010);
            assertEquals(LEAF | 7, bench.memory.load64(0x20_3028), "the cached translation knows that it is dirty");
            bench.submit(0x36 | 5 << 16, 0x5040);
            bench.write(0x5018);
            assertEquals(LEAF | 0x67, bench.memory.load64(0x20_3028));
        }
    }

    @Test
    void extendedAccessedBitsAreSetIfTheEntrySaysSo() {
        try (VtdBench bench = bench(WORD0, WORD1, WORD2 | 1 << 7)) {
            tables(bench, LEAF | 7);
            bench.read(0x5000);
            assertEquals(0x20_1427L, bench.memory.load64(0x20_0000), "A, EA");
            assertEquals(LEAF | 0x427, bench.memory.load64(0x20_3028), "A, EA");
        }
    }

    @Test
    void aRefusedAccessLeavesNoMarkOnThePage() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 5);
            assertEquals(Requester.ABORT, bench.write(0x5000));
            assertEquals(LEAF | 5, bench.memory.load64(0x20_3028));
            bench.read(0x5000);
            assertEquals(LEAF | 0x25, bench.memory.load64(0x20_3028), "the refused access has cached nothing");
        }
    }

    @Test
    void aMarkNeverUndoesWhatSoftwareStores() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7);
            AtomicBoolean once = new AtomicBoolean();
            bench.model.preemptBetweenFetches(() -> {
                if (once.compareAndSet(false, true)) {
                    bench.memory.store64(0x20_3028, 0x31_0007L);
                }
            });
            assertEquals(0x31_0000L, bench.read(0x5000));
            assertEquals(0x31_0027L, bench.memory.load64(0x20_3028));
        }
    }

    @Test
    void withoutSnoopingMarksCannotBeMade() {
        try (VtdBench bench = bench(WORD0, 5, WORD2)) {
            tables(bench, LEAF | 0x27);
            bench.flushed.flush(0x20_0000, 0x4000);
            assertEquals(0x90, bench.faultOfRead(0x5000), "SFS.9, a table's A is clear");
            tables(bench, LEAF | 0x27);
            for (long table = 0x20_0000; table < 0x20_3000; table += 0x1000) {
                bench.memory.store64(table, table + 0x1027);
            }
            bench.flushed.flush(0x20_0000, 0x4000);
            assertEquals(LEAF, bench.read(0x5000));
            assertEquals(Requester.ABORT, bench.write(0x5000));
            assertEquals(0x90, bench.fault(), "SFS.9, D is clear");
        }
    }

    @Test
    void requestsOfASupervisorNeedSre() {
        assertEquals(0x5d, supervisor(WORD2, LEAF | 7, Protection.READ), "SPT.6");
        assertEquals(0, supervisor(WORD2 | 1, LEAF | 3, Protection.WRITE), "a supervisor's page");
        assertEquals(0, supervisor(WORD2 | 1, LEAF | 1, Protection.WRITE), "WPE is clear: RW does not bind it");
        assertEquals(0x85, supervisor(WORD2 | 1 | 1 << 4, LEAF | 1, Protection.WRITE), "SGN.6, WPE");
    }

    /** RID_PRIV, bit 20 of word 1 of the context entry, makes requests without PASID a supervisor's. */
    private static int supervisor(long word2, long leaf, int access) {
        try (VtdBench bench = bench(WORD0, WORD1, word2)) {
            tables(bench, leaf);
            bench.memory.store128(VtdBench.CONTEXTS + 32 * VtdBench.RID, VtdBench.DIRECTORY | 1, 1 << 20);
            long pa = bench.translate(VtdBench.RID, Requester.NO_PASID, 0x5000, access);
            return pa == Requester.ABORT ? bench.fault() : 0;
        }
    }

    @Test
    void eachPasidHasTranslationsOfItsOwn() {
        try (VtdBench bench = bench()) {
            tables(bench, LEAF | 7);
            bench.memory.store128(VtdBench.CONTEXTS + 32 * VtdBench.RID, VtdBench.DIRECTORY | 1 << 3 | 1, 0);
            bench.memory.store128(VtdBench.PASIDS + 64 * 9, WORD0, WORD1);
            bench.memory.store64(VtdBench.PASIDS + 64 * 9 + 16, 0x22_0000L);
            bench.memory.store64(0x22_0000, 0x22_1007L);
            bench.memory.store64(0x22_1000, 0x22_2007L);
            bench.memory.store64(0x22_2000, 0x20_0087L);
            long other = 0x20_5000L;
            for (int round = 0; round < 2; round++) {
                assertEquals(LEAF, bench.read(0x5000));
                assertEquals(other, bench.translate(VtdBench.RID, 9, 0x5000, Protection.READ));
            }
            bench.memory.store64(0x20_3028, 0x31_0067L);
            bench.memory.store64(0x22_2000, 0x40_00e7L);
            assertEquals(LEAF, bench.read(0x5000), "still cached");
            bench.submit(0x26 | 5 << 16 | 9L << 32, 0);
            assertEquals(LEAF, bench.read(0x5000), "another PASID's");
            assertEquals(0x40_5000L, bench.translate(VtdBench.RID, 9, 0x5000, Protection.READ));
            assertNotEquals(0, bench.counter("iotlb.invalidations.pasid"));
        }
    }
}
