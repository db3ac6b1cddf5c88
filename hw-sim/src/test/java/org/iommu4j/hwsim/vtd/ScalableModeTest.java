package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Entries typed from VT-d specification 9.2, 9.4 to 9.6; reasons from 7.1.3. */
class ScalableModeTest {
    /** P, AW 2, PGTT 2, SSPTPTR 0x20_0000. */
    private static final long WORD0 = 0x20_0089L;
    /** DID 5, PWSNP. */
    private static final long WORD1 = 0x80_0005L;
    private static final long CONTEXT = VtdBench.CONTEXTS + 32 * VtdBench.RID;

    private static VtdBench bench() {
        return VtdBench.scalable().startScalable(WORD0, WORD1);
    }

    private static int faultWith(long word0, long word1) {
        try (VtdBench bench = VtdBench.scalable().startScalable(word0, word1)) {
            return bench.faultOfRead(0x5000);
        }
    }

    private static int faultWithContext(long word0, long word1, long word2, int pasid) {
        try (VtdBench bench = bench()) {
            bench.memory.store128(CONTEXT, word0, word1);
            bench.memory.store128(CONTEXT + 16, word2, 0);
            bench.map(0x5000, 0x30_0003L);
            return bench.translate(VtdBench.RID, pasid, 0x5000, Protection.READ) == Requester.ABORT ? bench.fault() : 0;
        }
    }

    @Test
    void aSecondStageTranslates() {
        try (VtdBench bench = bench()) {
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x30_0123L, bench.read(0x5123));
            assertEquals(0x79, bench.faultOfRead(0x6000), "SSS.2");
            bench.map(0x7000, 0x30_0001L);
            assertEquals(Requester.ABORT, bench.write(0x7000));
            assertEquals(0x85, bench.fault(), "SGN.6");
            bench.map(0x8000, 0x30_0002L);
            assertEquals(0x86, bench.faultOfRead(0x8000), "SGN.7");
            bench.map(0x9000, 0x30_0803L);
            assertEquals(0x7a, bench.faultOfRead(0x9000), "SSS.3");
            assertEquals(0x84, bench.faultOfRead(1L << 48), "SGN.5");
            assertEquals(0x87, bench.faultOfRead(0xfee0_0000L), "SGN.8");
        }
    }

    @Test
    void devicesFromSixteenOnHaveTheUpperTable() {
        try (VtdBench bench = bench()) {
            bench.map(0x5000, 0x30_0003L);
            assertEquals(Requester.ABORT, bench.translate(0xf8, Requester.NO_PASID, 0x5000, Protection.READ));
            assertEquals(0x39, bench.fault(), "SRT.2: UP is clear");
            bench.memory.store64(VtdBench.ROOT + 8, 0x10_4001L);
            bench.memory.store128(0x10_4000 + 32 * 0x78, VtdBench.DIRECTORY | 1, 0);
            assertEquals(0x30_0000L, bench.translate(0xf8, Requester.NO_PASID, 0x5000, Protection.READ));
            bench.memory.store64(VtdBench.ROOT + 8, 0x10_4003L);
            assertEquals(Requester.ABORT, bench.translate(0xf9, Requester.NO_PASID, 0x5000, Protection.READ));
            assertEquals(0x3a, bench.fault(), "SRT.3");
        }
    }

    @Test
    void contextEntriesFaultByCondition() {
        long word0 = VtdBench.DIRECTORY | 1;
        assertEquals(0x41, faultWithContext(word0 & ~1, 0, 0, -1), "SCT.2");
        assertEquals(0x42, faultWithContext(word0 | 1 << 5, 0, 0, -1), "SCT.3, bits 8:5");
        assertEquals(0x42, faultWithContext(word0 | 1 << 2, 0, 0, -1), "SCT.3, DTE without device-TLBs");
        assertEquals(0x42, faultWithContext(word0, 1L << 21, 0, -1), "SCT.3, word 1");
        assertEquals(0x42, faultWithContext(word0, 0, 1, -1), "SCT.3, word 2");
        assertEquals(0x42, faultWithContext(word0, 1, 0, -1), "SCT.3, RID_PASID without RPS");
        assertEquals(0x45, faultWithContext(word0, 0, 0, 0), "SCT.6");
        assertEquals(0x46, faultWithContext(word0 | 1 << 3, 0, 0, 8192), "SCT.7: PDTS 0 has 128 x 64 PASIDs");
        assertEquals(0x51, faultWithContext(word0 | 1 << 3, 0, 0, 8191), "SPD.2");
        assertEquals(0, faultWithContext(word0 | 1 << 3, 0, 0, 0), "PASIDE");
        assertEquals(0x50, faultWithContext(0x20_0000_0001L, 0, 0, -1), "SPD.1");
    }

    @Test
    void ridPasidIsUsedWhereSupported() {
        try (VtdBench bench = new VtdBench(VtdBench.CAP, VtdBench.ECAP_SCALABLE | 1L << 49, VtdCaches.DEFAULT, 1)) {
            bench.startScalable(0, 0);
            bench.memory.store128(VtdBench.PASIDS + 64 * 3, WORD0, WORD1);
            bench.memory.store128(CONTEXT, VtdBench.DIRECTORY | 1, 3);
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x30_0000L, bench.read(0x5000));
            bench.memory.store128(CONTEXT, VtdBench.DIRECTORY | 1, 8192);
            bench.submit(0x11, 0);
            assertEquals(0x48, bench.faultOfRead(0x5000), "SCT.9");
        }
    }

    @Test
    void pasidEntriesFaultByCondition() {
        assertEquals(0x59, faultWith(WORD0 & ~1, WORD1), "SPT.2");
        assertEquals(0x5a, faultWith(WORD0 | 1 << 10, WORD1), "SPT.3, bits 11:10");
        assertEquals(0x5a, faultWith(WORD0 | 1 << 9, WORD1), "SPT.3, SSADE without SSADS");
        assertEquals(0x5a, faultWith(WORD0, WORD1 | 1 << 16), "SPT.3, bits 86:80");
        assertEquals(0x5a, faultWith(WORD0 | 1 << 5, WORD1), "SPT.3, SSEE");
        assertEquals(0x5a, faultWith(WORD0, WORD1 | 1 << 24), "SPT.3, PGSNP without snoop control");
        assertEquals(0x5b, faultWith(0x20_0009L, WORD1), "SPT.4, PGTT 0");
        assertEquals(0x5b, faultWith(0x20_0049L, WORD1), "SPT.4, PGTT 1 without a first stage");
        assertEquals(0x5b, faultWith(0x20_00c9L, WORD1), "SPT.4, PGTT 3 without nesting");
        assertEquals(0x5b, faultWith(0x20_008dL, WORD1), "SPT.4, AW 3 is not in SAGAW");
        assertEquals(0x7b, faultWith(0x20_0000_0089L, WORD1), "SSS.4");
    }

    @Test
    void directoryEntriesFaultByCondition() {
        try (VtdBench bench = bench()) {
            bench.memory.store64(VtdBench.DIRECTORY, VtdBench.PASIDS);
            assertEquals(0x51, bench.faultOfRead(0x5000), "SPD.2");
            bench.memory.store64(VtdBench.DIRECTORY, VtdBench.PASIDS | 5);
            assertEquals(0x52, bench.faultOfRead(0x5000), "SPD.3");
            bench.memory.store64(VtdBench.DIRECTORY, 0x20_0000_0001L);
            assertEquals(0x58, bench.faultOfRead(0x5000), "SPT.1");
        }
    }

    @Test
    void passThroughGivesTheAddressWithinTheMachine() {
        try (VtdBench bench = VtdBench.scalable().startScalable(0x109, WORD1)) {
            assertEquals(0x1234_5678L, bench.read(0x1234_5678L));
            assertEquals(0x83, bench.faultOfRead(1L << 46), "SGN.4");
        }
    }

    @Test
    void faultDisableOfEachEntryIsHeard() {
        try (VtdBench bench = VtdBench.scalable().startScalable(WORD0 | 2, WORD1)) {
            assertEquals(0, bench.faultOfRead(0x5000), "PASID entry");
        }
        try (VtdBench bench = bench()) {
            bench.memory.store128(CONTEXT, VtdBench.DIRECTORY | 3, 0);
            assertEquals(0, bench.faultOfRead(0x5000), "context entry");
        }
    }

    @Test
    void aReservedOrUnsupportedTableModeBlocksEverything() {
        try (VtdBench bench = VtdBench.scalable().start(VtdBench.ROOT | 2 << 10)) {
            assertEquals(0x30, bench.faultOfRead(0x5000), "RTA.1");
        }
        try (VtdBench bench = VtdBench.legacy().start(VtdBench.ROOT | 1 << 10)) {
            assertEquals(0x30, bench.faultOfRead(0x5000), "RTA.1");
        }
    }

    @Test
    void requestsWithPasidUseTheirOwnEntry() {
        try (VtdBench bench = bench()) {
            bench.memory.store128(CONTEXT, VtdBench.DIRECTORY | 1 << 3 | 1, 0);
            bench.memory.store128(VtdBench.PASIDS + 64 * 9, 0x109, 6);
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x30_0000L, bench.read(0x5000));
            assertEquals(0x5000, bench.translate(VtdBench.RID, 9, 0x5000, Protection.READ));
        }
    }
}
