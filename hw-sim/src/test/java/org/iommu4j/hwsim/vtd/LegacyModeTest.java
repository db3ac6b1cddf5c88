package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Entries typed from VT-d specification 9.1, 9.3, 9.8; reasons from 7.1.3. */
class LegacyModeTest {
    /** P, TT 0, SSPTPTR 0x20_0000. */
    private static final long WORD0 = 0x20_0001L;
    /** AW 2 (4 levels), DID 5. */
    private static final long WORD1 = 0x502L;

    private static VtdBench bench() {
        return VtdBench.legacy().startLegacy(WORD0, WORD1);
    }

    private static int faultWith(long word0, long word1) {
        try (VtdBench bench = VtdBench.legacy().startLegacy(word0, word1)) {
            return bench.faultOfRead(0x5000);
        }
    }

    @Test
    void addressesPassUntranslatedUntilTranslationIsOn() {
        try (VtdBench bench = VtdBench.legacy()) {
            assertEquals(0x1234_5678L, bench.read(0x1234_5678L));
            bench.startLegacy(WORD0, WORD1);
            assertEquals(Requester.ABORT, bench.read(0x1234_5678L));
            bench.command(0, VtdBench.TE);
            assertEquals(0x1234_5678L, bench.read(0x1234_5678L));
        }
    }

    @Test
    void aLeafOfFourKibibytesTranslates() {
        try (VtdBench bench = bench()) {
            bench.map(0x7f_1234_5000L, 0x30_0003L);
            assertEquals(0x30_0678L, bench.read(0x7f_1234_5678L));
            assertEquals(0x30_0678L, bench.write(0x7f_1234_5678L));
            assertEquals(1, bench.counter("iotlb.misses"));
            assertEquals(1, bench.counter("iotlb.hits"));
            assertEquals(6, bench.counter("memoryReferences"), "root, context, four levels");
        }
    }

    @Test
    void permissionsOfAllLevelsAreCombined() {
        try (VtdBench bench = bench()) {
            bench.map(0x5000, 0x30_0001L);
            assertEquals(0x30_0000L, bench.read(0x5000));
            assertEquals(Requester.ABORT, bench.write(0x5000));
            assertEquals(0x05, bench.fault(), "LGN.2");
            bench.map(0x6000, 0x30_1002L);
            assertEquals(0x06, bench.faultOfRead(0x6000), "LGN.3");
            assertEquals(Requester.ABORT,
                    bench.translate(VtdBench.RID, Requester.NO_PASID, 0x6000, Protection.READ | Protection.WRITE));
            bench.memory.store64(0x20_0000, bench.memory.load64(0x20_0000) & ~2L);
            bench.submit(0xd2, 0);
            assertEquals(Requester.ABORT, bench.write(0x6000), "the top level forbids writing");
        }
    }

    @Test
    void whatIsNotMappedFaultsByTheKindOfAccess() {
        try (VtdBench bench = bench()) {
            assertEquals(0x06, bench.faultOfRead(0x5000));
            assertEquals(Requester.ABORT, bench.write(0x5000));
            long high = bench.registers.read64(0x228);
            assertEquals(0x5000, bench.registers.read64(0x220), "FI");
            assertEquals(0x8000_0005_0000_0010L, high, "F, T1 0 for a write, FR 5, SID 00:02.0");
        }
    }

    @Test
    void rootEntriesFaultByCondition() {
        try (VtdBench bench = bench()) {
            assertEquals(Requester.ABORT, bench.translate(0x300, Requester.NO_PASID, 0, Protection.READ));
            assertEquals(0x01, bench.fault(), "LRT.2");
            bench.memory.store64(VtdBench.ROOT + 3 * 16, VtdBench.CONTEXTS | 3);
            bench.translate(0x300, Requester.NO_PASID, 0, Protection.READ);
            assertEquals(0x0a, bench.fault(), "LRT.3, bits 11:1");
            bench.memory.store64(VtdBench.ROOT + 3 * 16, VtdBench.CONTEXTS | 1);
            bench.memory.store64(VtdBench.ROOT + 3 * 16 + 8, 1);
            bench.translate(0x300, Requester.NO_PASID, 0, Protection.READ);
            assertEquals(0x0a, bench.fault(), "LRT.3, the high word");
            bench.memory.store64(VtdBench.ROOT + 3 * 16 + 8, 0);
            bench.memory.store64(VtdBench.ROOT + 3 * 16, 0x20_0000_0001L);
            bench.translate(0x300, Requester.NO_PASID, 0, Protection.READ);
            assertEquals(0x09, bench.fault(), "LCT.1, no memory there");
        }
        try (VtdBench bench = VtdBench.legacy().start(0x20_0000_0000L)) {
            assertEquals(0x08, bench.faultOfRead(0), "LRT.1");
        }
    }

    @Test
    void contextEntriesFaultByCondition() {
        assertEquals(0x02, faultWith(0x20_0000L, WORD1), "LCT.2");
        assertEquals(0x0b, faultWith(WORD0 | 1 << 4, WORD1), "LCT.3, bits 11:4");
        assertEquals(0x0b, faultWith(WORD0 | 1L << 46, WORD1), "LCT.3, beyond the machine's width");
        assertEquals(0x0b, faultWith(WORD0, WORD1 | 1 << 7), "LCT.3, bit 71");
        assertEquals(0x0b, faultWith(WORD0, WORD1 | 1 << 24), "LCT.3, above the domain-id");
        assertEquals(0x06, faultWith(WORD0, WORD1 | 0x78), "bits 70:67 are software's");
        assertEquals(0x03, faultWith(WORD0, 0x503L), "LCT.4, AW 3 is not in SAGAW");
        assertEquals(0x03, faultWith(WORD0, 0x500L), "LCT.4, AW 0");
        assertEquals(0x03, faultWith(WORD0 | 0b11 << 2, WORD1), "LCT.4, TT 3");
        assertEquals(0x03, faultWith(WORD0 | 0b01 << 2, WORD1), "LCT.4, TT 1 without device-TLBs");
    }

    @Test
    void aDisabledFaultBlocksAndRecordsNothing() {
        try (VtdBench bench = VtdBench.legacy().startLegacy(WORD0 | 2, WORD1)) {
            assertEquals(Requester.ABORT, bench.read(0x5000));
            assertEquals(0, bench.registers.read64(0x228));
            assertEquals(0, bench.registers.read32(0x34));
            assertEquals(1, bench.counter("faults"));
        }
    }

    @Test
    void passThroughGivesTheAddressWithinTheMachine() {
        // TT 2; SSPTPTR is ignored
        try (VtdBench bench = VtdBench.legacy().startLegacy(0x9L | 1L << 60, WORD1)) {
            assertEquals(0x3fff_ffff_f123L, bench.read(0x3fff_ffff_f123L));
            assertEquals(0x04, bench.faultOfRead(0x4000_0000_0000L), "LGN.1");
        }
    }

    @Test
    void addressesBeyondTheDomainsWidthFault() {
        try (VtdBench bench = VtdBench.legacy().startLegacy(WORD0, 0x501L)) {
            assertEquals(0x06, bench.faultOfRead(0x7f_ffff_f000L), "39 bits are walked");
            assertEquals(0x04, bench.faultOfRead(0x80_0000_0000L), "LGN.1");
            assertEquals(0x04, bench.faultOfRead(-4096));
        }
    }

    @Test
    void pagingEntriesFaultByCondition() {
        try (VtdBench bench = bench()) {
            bench.map(0x5000, 0x30_0003L | 1 << 11);
            assertEquals(0x0c, bench.faultOfRead(0x5000), "LSS.2, SNP without snoop control");
            bench.map(0x5000, 0x30_0003L | 1L << 46);
            assertEquals(0x0c, bench.faultOfRead(0x5000), "LSS.2, beyond the machine's width");
            bench.map(0x5000, 0x30_0003L | 1L << 62);
            assertEquals(0x0c, bench.faultOfRead(0x5000), "LSS.2, TM without device-TLBs");
            bench.map(0x5000, 0x30_0000L | 1L << 46 | 1 << 11);
            assertEquals(0x06, bench.faultOfRead(0x5000), "not present: the rest is ignored");
            bench.map(0x5000, 0x30_0003L | 0x3ffL << 52 | 1L << 63 | 0x77c);
            assertEquals(0x30_0000L, bench.read(0x5000), "ignored bits");
            bench.memory.store64(0x20_0000, 0x3000_0000_0003L);
            bench.submit(0xd2, 0);
            assertEquals(0x07, bench.faultOfRead(0x5000), "LSS.1, no memory there");
        }
    }

    @Test
    void largePagesTranslateWhereSupportedAndAligned() {
        try (VtdBench bench = bench()) {
            bench.memory.store64(0x20_0000, 0x20_1003L);
            bench.memory.store64(0x20_1000, 0x20_2003L);
            bench.memory.store64(0x20_2000, 0x0060_0083L);
            bench.memory.store64(0x20_2008, 0x0060_1083L);
            bench.memory.store64(0x20_1008, 0x4000_0083L);
            bench.memory.store64(0x20_0008, 0x0000_0083L);
            assertEquals(0x7f_fabcL, bench.read(0x1f_fabcL), "2 MiB");
            assertEquals(0x7fff_fff8L, bench.read(0x7fff_fff8L), "1 GiB");
            assertEquals(0x0c, bench.faultOfRead(0x20_0000L), "bit 12 of a 2 MiB leaf is reserved");
            assertEquals(0x0c, bench.faultOfRead(0x80_0000_0000L), "no leaf at level 4");
        }
        try (VtdBench bench = new VtdBench(VtdBench.CAP & ~(3L << 34), VtdBench.ECAP, VtdCaches.DEFAULT, 1)) {
            bench.startLegacy(WORD0, WORD1);
            bench.memory.store64(0x20_0000, 0x20_1003L);
            bench.memory.store64(0x20_1000, 0x20_2003L);
            bench.memory.store64(0x20_2000, 0x0060_0083L);
            assertEquals(0x0c, bench.faultOfRead(0), "PS is reserved without 2 MiB pages");
        }
    }

    @Test
    void threeAndFiveLevelsWalk() {
        try (VtdBench bench = VtdBench.legacy().startLegacy(WORD0, 0x501L)) {
            bench.memory.store64(0x20_0000 + 8, 0x20_1003L);
            bench.memory.store64(0x20_1000 + 16, 0x20_2003L);
            bench.memory.store64(0x20_2000 + 24, 0x30_0003L);
            assertEquals(0x30_0010L, bench.read(0x4040_3010L));
        }
        // SAGAW with 5 levels, MGAW 57
        try (VtdBench bench = new VtdBench(0x00d2_008c_2238_0e06L, VtdBench.ECAP, VtdCaches.DEFAULT, 1)) {
            bench.startLegacy(WORD0, 0x503L);
            for (int level = 0; level < 4; level++) {
                bench.memory.store64(0x20_0000 + 0x1000 * level + 8 * 0x1ff, 0x20_1003L + 0x1000 * level);
            }
            bench.memory.store64(0x20_4000 + 8 * 0x1ff, 0x30_0003L);
            assertEquals(0x30_0ff8L, bench.read(0x01ff_ffff_ffff_fff8L));
            assertEquals(0x04, bench.faultOfRead(0x0200_0000_0000_0000L));
        }
    }

    @Test
    void theInterruptRangeIsNeverTranslated() {
        try (VtdBench bench = bench()) {
            bench.map(0xfee0_0000L, 0x30_0003L);
            bench.map(0xfeef_f000L, 0x30_0003L);
            assertEquals(0xfee0_0000L, bench.write(0xfee0_0000L), "a write is an interrupt message");
            assertEquals(0xfeef_fffcL, bench.write(0xfeef_fffcL));
            assertEquals(0x0e, bench.faultOfRead(0xfee0_0000L), "LGN.4");
            bench.map(0xfedf_f000L, 0x30_0003L);
            assertEquals(0x30_0000L, bench.read(0xfedf_f000L), "just below");
            bench.map(0xfef0_0000L, 0x30_0003L);
            assertEquals(0x30_0000L, bench.read(0xfef0_0000L), "just above");
            bench.map(0x5000, 0xfee0_0003L);
            assertEquals(0x0e, bench.faultOfRead(0x5000), "nor is it a target");
        }
    }

    @Test
    void aRequestWithPasidIsRefused() {
        try (VtdBench bench = bench()) {
            assertEquals(Requester.ABORT, bench.translate(VtdBench.RID, 7, 0x5000, Protection.READ));
            long high = bench.registers.read64(0x228);
            assertEquals(0x31, (int) (high >>> 32) & 0xff, "RTA.2");
            assertEquals(7, (int) (high >>> 40) & 0xfffff, "PV");
            assertTrue((high >>> 31 & 1) != 0, "PP");
        }
    }
}
