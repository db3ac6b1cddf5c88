package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** What each invalidation removes and, as much, what it leaves: VT-d specification 6.5.2; descriptors typed from it. */
class InvalidationTest {
    private static final long GLOBAL_CONTEXTS = 0x11;
    private static final long GLOBAL_TRANSLATIONS = 0xd2;
    private static final long GLOBAL_PASIDS = 0x37;

    /** 00:02.0 in domain 5, whose page 0x5000 is cached. */
    private static VtdBench legacy() {
        VtdBench bench = VtdBench.legacy().startLegacy(0x20_0001L, 0x502);
        bench.map(0x5000, 0x30_0003L);
        assertEquals(0x30_0000L, bench.read(0x5000));
        return bench;
    }

    private static VtdBench scalable() {
        VtdBench bench = VtdBench.scalable().startScalable(0x20_0089L, 0x80_0005L);
        bench.map(0x5000, 0x30_0003L);
        assertEquals(0x30_0000L, bench.read(0x5000));
        return bench;
    }

    /** The context entry is cleared in memory; the descriptors must make that seen, or must not. */
    private static void contextAfter(boolean seen, long... descriptors) {
        try (VtdBench bench = legacy()) {
            bench.memory.store128(VtdBench.CONTEXTS + 16 * VtdBench.RID, 0, 0);
            bench.submit(descriptors);
            assertEquals(seen ? Requester.ABORT : 0x30_0000L, bench.read(0x5000));
        }
    }

    /** The leaf of page 0x5000 is changed in memory. */
    private static void pageAfter(boolean seen, long... descriptors) {
        try (VtdBench bench = legacy()) {
            bench.map(0x5000, 0x31_0003L);
            bench.submit(descriptors);
            assertEquals(seen ? 0x31_0000L : 0x30_0000L, bench.read(0x5000));
        }
    }

    /** The PASID entry's table is exchanged, and the IOTLB emptied. */
    private static void pasidAfter(boolean seen, long... descriptors) {
        try (VtdBench bench = scalable()) {
            bench.memory.store128(VtdBench.PASIDS, 0x109, 6);
            bench.submit(descriptors);
            assertEquals(seen ? 0x5000L : 0x30_0000L, bench.read(0x5000));
        }
    }

    @Test
    void contextEntriesGoByGlobalDomainAndDevice() {
        contextAfter(true, GLOBAL_CONTEXTS, 0);
        contextAfter(true, 0x21 | 5 << 16, 0);
        contextAfter(true, 0x31 | 5 << 16 | 0x10L << 32, 0);
    }

    @Test
    void contextEntriesOfOtherDomainsAndDevicesStay() {
        contextAfter(false);
        contextAfter(false, 0x21 | 6 << 16, 0);
        contextAfter(false, 0x31 | 5 << 16 | 0x11L << 32, 0);
        contextAfter(false, 0x31 | 6 << 16 | 0x10L << 32, 0);
        contextAfter(false, GLOBAL_TRANSLATIONS, 0);
    }

    @Test
    void theFunctionMaskLeavesOutUpperBitsOfTheFunction() {
        contextAfter(false, 0x31 | 5 << 16 | 0x14L << 32, 0);
        contextAfter(true, 0x31 | 5 << 16 | 0x14L << 32 | 1L << 48, 0);
        contextAfter(false, 0x31 | 5 << 16 | 0x12L << 32 | 1L << 48, 0);
        contextAfter(true, 0x31 | 5 << 16 | 0x16L << 32 | 2L << 48, 0);
        contextAfter(false, 0x31 | 5 << 16 | 0x17L << 32 | 2L << 48, 0);
        contextAfter(true, 0x31 | 5 << 16 | 0x17L << 32 | 3L << 48, 0);
        contextAfter(false, 0x31 | 5 << 16 | 0x18L << 32 | 3L << 48, 0);
    }

    @Test
    void aNewContextWithoutTranslationInvalidationKeepsOldTranslations() {
        try (VtdBench bench = legacy()) {
            bench.memory.store128(VtdBench.CONTEXTS + 16 * VtdBench.RID, 0x28_0001L, 0x502);
            bench.submit(GLOBAL_CONTEXTS, 0);
            assertEquals(0x30_0000L, bench.read(0x5000));
            bench.submit(0xe2 | 5 << 16, 0);
            assertEquals(Requester.ABORT, bench.read(0x5000));
        }
    }

    @Test
    void translationsGoByGlobalDomainAndPage() {
        pageAfter(true, GLOBAL_TRANSLATIONS, 0);
        pageAfter(true, 0xe2 | 5 << 16, 0);
        pageAfter(true, 0xf2 | 5 << 16, 0x5000);
        pageAfter(true, 0xf2 | 5 << 16, 0x4001);
        pageAfter(true, 0xf2 | 5 << 16, 0x5040);
        pageAfter(true, 0xf2 | 5 << 16, 0x7003);
        pageAfter(true, 0xf2 | 5 << 16, 18);
    }

    @Test
    void translationsOfOtherDomainsAndPagesStay() {
        pageAfter(false);
        pageAfter(false, GLOBAL_CONTEXTS, 0);
        pageAfter(false, 0xe2 | 6 << 16, 0);
        pageAfter(false, 0xf2 | 6 << 16, 0x5000);
        pageAfter(false, 0xf2 | 5 << 16, 0x4000);
        pageAfter(false, 0xf2 | 5 << 16, 0x6001);
        pageAfter(false, 0xf2 | 5 << 16, 0x8003);
        pageAfter(false, 0x25 | 2L << 32, VtdBench.STATUS);
    }

    @Test
    void aLargePageGoesOnlyWithAMaskThatCoversIt() {
        try (VtdBench bench = legacy()) {
            bench.map(0x20_0000, 0);
            long leaf = 0x20_3000 - 0x1000 + 8;
            bench.memory.store64(leaf, 0x60_0083L);
            assertEquals(0x60_0000L, bench.read(0x20_0000));
            bench.memory.store64(leaf, 0x80_0083L);
            bench.submit(0xf2 | 5 << 16, 0x20_0000);
            bench.submit(0xf2 | 5 << 16, 0x20_0008);
            assertEquals(0x60_0000L, bench.read(0x20_0000));
            bench.submit(0xf2 | 5 << 16, 0x20_0009);
            assertEquals(0x80_0000L, bench.read(0x20_0000));
        }
    }

    @Test
    void tablePointersStayWithTheHintAndGoWithoutIt() {
        try (VtdBench bench = legacy()) {
            // The level-1 table is exchanged by its level-2 entry.
            bench.memory.store64(0x28_0000 + 8 * 5, 0x32_0003L);
            bench.memory.store64(0x20_2000, 0x28_0003L);
            bench.submit(0xf2 | 5 << 16, 0x5040);
            assertEquals(0x30_0000L, bench.read(0x5000), "IH: the old table is walked");
            bench.submit(0xf2 | 5 << 16, 0x20_5000);
            assertEquals(0x30_0000L, bench.read(0x5000), "another table's range");
            bench.submit(0xf2 | 5 << 16, 0x5000);
            assertEquals(0x32_0000L, bench.read(0x5000));
        }
    }

    @Test
    void pasidEntriesGoByGlobalDomainAndPasid() {
        pasidAfter(true, GLOBAL_PASIDS, 0);
        pasidAfter(true, 0x07 | 5 << 16, 0);
        pasidAfter(true, 0x17 | 5 << 16, 0);
    }

    @Test
    void pasidEntriesOfOthersStay() {
        pasidAfter(false);
        pasidAfter(false, 0x07 | 6 << 16, 0);
        pasidAfter(false, 0x17 | 6 << 16, 0);
        pasidAfter(false, 0x17 | 5 << 16 | 1L << 32, 0);
        pasidAfter(false, GLOBAL_CONTEXTS, 0, GLOBAL_TRANSLATIONS, 0);
    }

    @Test
    void inScalableModeADomainOfContextsIsAllOfThem() {
        try (VtdBench bench = scalable()) {
            bench.memory.store128(VtdBench.CONTEXTS + 32 * VtdBench.RID, 0, 0);
            assertEquals(0x30_0000L, bench.read(0x5000));
            bench.submit(0x21 | 99 << 16, 0);
            assertEquals(0x41, bench.faultOfRead(0x5000));
        }
    }

    @Test
    void whatIsNotPresentIsNotCached() {
        try (VtdBench bench = VtdBench.legacy().startLegacy(0, 0)) {
            assertEquals(0x02, bench.faultOfRead(0x5000));
            bench.memory.store128(VtdBench.CONTEXTS + 16 * VtdBench.RID, 0x20_0001L, 0x502);
            assertEquals(0x06, bench.faultOfRead(0x5000));
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x30_0000L, bench.read(0x5000));
        }
    }

    @Test
    void inCachingModeWhatIsNotPresentIsCached() {
        try (VtdBench bench = new VtdBench(VtdBench.CAP | 1 << 7, VtdBench.ECAP, VtdCaches.DEFAULT, 1)) {
            bench.startLegacy(0, 0);
            assertEquals(0x02, bench.faultOfRead(0x5000));
            bench.memory.store128(VtdBench.CONTEXTS + 16 * VtdBench.RID, 0x20_0001L, 0x502);
            assertEquals(0x02, bench.faultOfRead(0x5000));
            bench.submit(0x21 | 5 << 16, 0);
            assertEquals(0x02, bench.faultOfRead(0x5000), "it is tagged with domain 0");
            bench.submit(0x31 | 0x10L << 32, 0);
            assertEquals(0x06, bench.faultOfRead(0x5000));
            bench.map(0x5000, 0x30_0003L);
            assertEquals(0x06, bench.faultOfRead(0x5000));
            bench.submit(0xf2 | 5 << 16, 0x5000);
            assertEquals(0x30_0000L, bench.read(0x5000));
        }
    }

    @Test
    void aNewRootPointerInvalidatesOnlyWherePromised() {
        for (long cap : new long[] {VtdBench.CAP, VtdBench.CAP | 1L << 63}) {
            try (VtdBench bench = new VtdBench(cap, VtdBench.ECAP, VtdCaches.DEFAULT, 1)) {
                bench.startLegacy(0x20_0001L, 0x502);
                bench.map(0x5000, 0x30_0003L);
                bench.read(0x5000);
                bench.registers.write64(VtdBench.RTADDR, 0x18_0000);
                bench.command(VtdBench.SRTP, 0);
                assertEquals(cap < 0 ? Requester.ABORT : 0x30_0000L, bench.read(0x5000));
            }
        }
    }

    @Test
    void twoDomainsShareNothing() {
        try (VtdBench bench = legacy()) {
            bench.memory.store128(VtdBench.CONTEXTS + 16 * 0x18, 0x28_0001L, 0x602);
            assertEquals(Requester.ABORT, bench.translate(0x18, Requester.NO_PASID, 0x5000, Protection.READ));
            assertEquals(0x30_0000L, bench.read(0x5000));
        }
    }
}
