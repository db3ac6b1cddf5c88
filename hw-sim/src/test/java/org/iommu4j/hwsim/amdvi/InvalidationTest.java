package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** AMD 48882 section 2.4: each command removes what it names and leaves everything else. */
class InvalidationTest {
    private static final long RIGHTS = 0x6000_0000_0000_0000L;
    private static final long DOMAIN = AmdBench.PAGES | 5L << 32;
    private static final long POINTERS = 0x18_0000;
    private static final long CR3 = 0x40_0000;

    /** A page moves, commands come, and the new page is seen or not. */
    private static void pageAfter(boolean seen, long... commands) {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x5000, RIGHTS | 0x12_3001);
            bench.read(0x5000);
            bench.map(0x5000, RIGHTS | 0x12_4001);
            bench.submit(commands);
            assertEquals(seen ? 0x12_4000 : 0x12_3000, bench.read(0x5000));
        }
    }

    @Test
    void aTranslationGoesWithItsPageBlockDomainOrAll() {
        pageAfter(true, DOMAIN, 0x5000);
        pageAfter(true, DOMAIN, 0x5002);
        pageAfter(true, DOMAIN, 0x4001);
        pageAfter(true, DOMAIN, 0x7_f001);
        pageAfter(true, DOMAIN, AmdBench.EVERYTHING | 1);
        pageAfter(true, DOMAIN, AmdBench.EVERYTHING | 3);
        pageAfter(true, DOMAIN, 0xffff_ffff_ffff_f003L);
        pageAfter(true, AmdBench.ALL, 0);
    }

    @Test
    void aTranslationStaysWithOtherPagesDomainsStagesAndDevices() {
        pageAfter(false);
        pageAfter(false, DOMAIN, 0x4000);
        pageAfter(false, DOMAIN, 0x6001);
        pageAfter(false, DOMAIN, 0x9003);
        pageAfter(false, AmdBench.PAGES | 6L << 32, AmdBench.EVERYTHING | 3);
        pageAfter(false, DOMAIN, AmdBench.EVERYTHING | 7);
        pageAfter(false, AmdBench.DEVICE | AmdBench.RID, 0);
        pageAfter(false, 0x5000_0000_0000_0000L | AmdBench.RID, 0);
        pageAfter(false, AmdBench.WAIT, 1);
    }

    @Test
    void aLargePageGoesOnlyWithABlockThatHoldsIt() {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x1_3000, RIGHTS | 0x88_7e01L);
            assertEquals(0x88_3000, bench.read(0x1_3000));
            bench.map(0x1_3000, RIGHTS | 0x98_7e01L);
            bench.submit(DOMAIN, 0x1_3002);
            bench.submit(DOMAIN, 0x1_0003 | 3 << 12);
            assertEquals(0x88_3000, bench.read(0x1_3000), "32 KiB of 64");
            bench.submit(DOMAIN, 0x1_0001 | 7 << 12);
            assertEquals(0x98_3000, bench.read(0x1_3000));
        }
    }

    @Test
    void pointersToTablesStayWithoutPde() {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x5000, RIGHTS | 0x12_3001);
            bench.read(0x5000);
            long copy = bench.table();
            bench.memory.store64(copy + 8 * 5, RIGHTS | 0x12_4001);
            bench.put(AmdBench.ROOT, 4, 2, 0, RIGHTS | copy | 1 << 9 | 1);
            bench.submit(DOMAIN, 0x5000);
            assertEquals(0x12_3000, bench.read(0x5000), "the old table is walked");
            bench.submit(DOMAIN, 0x20_5002);
            bench.submit(DOMAIN, AmdBench.EVERYTHING | 1);
            assertEquals(0x12_3000, bench.read(0x5000), "another table's range; translations alone");
            bench.submit(DOMAIN, 0x5002);
            assertEquals(0x12_4000, bench.read(0x5000));
        }
    }

    @Test
    void aDeviceTableEntryGoesWithItsDeviceOrAll() {
        for (int sort = 0; sort < 4; sort++) {
            try (AmdBench bench = new AmdBench().host(RIGHTS | 3).start()) {
                assertEquals(0x5000, bench.read(0x5000));
                bench.entry(AmdBench.RID, 3, 5, 0);
                long[][] commands = {{AmdBench.DEVICE | AmdBench.RID, 0}, {AmdBench.ALL, 0},
                    {AmdBench.DEVICE | AmdBench.RID + 1, 0}, {DOMAIN, AmdBench.EVERYTHING | 3}};
                bench.submit(commands[sort]);
                assertEquals(sort < 2 ? Requester.ABORT : 0x5000, bench.read(0x5000), "command " + sort);
            }
        }
    }

    @Test
    void anEntryWithoutVIsCachedToo() {
        try (AmdBench bench = new AmdBench().start()) {
            bench.read(0x5000);
            bench.entry(AmdBench.RID, 3, 5, 0);
            assertEquals(0x5000, bench.read(0x5000));
            bench.submit(AmdBench.DEVICE | AmdBench.RID, 0);
            assertEquals(Requester.ABORT, bench.read(0x5000));
        }
    }

    @Test
    void aNewDeviceTableInvalidatesNothing() {
        try (AmdBench bench = new AmdBench().host(RIGHTS | 3).start()) {
            bench.read(0x5000);
            bench.registers.write64(AmdBench.DEVICE_TABLE_BASE, 0x18_0000 | 1);
            bench.memory.store128(0x18_0000 + 32 * AmdBench.RID, 3, 5);
            assertEquals(0x5000, bench.read(0x5000));
            bench.submit(AmdBench.ALL, 0);
            assertEquals(Requester.ABORT, bench.read(0x5000));
        }
    }

    @Test
    void guestTranslationsGoByDomainAndPasid() {
        guestAfter(true, DOMAIN | 7, 0x5004);
        guestAfter(true, DOMAIN | 7, AmdBench.EVERYTHING | 7);
        guestAfter(true, AmdBench.ALL, 0);
        guestAfter(false, DOMAIN | 8, AmdBench.EVERYTHING | 7);
        guestAfter(false, DOMAIN, AmdBench.EVERYTHING | 3);
        guestAfter(false, DOMAIN | 7, 0x6004);
        guestAfter(false, AmdBench.PAGES | 6L << 32 | 7, AmdBench.EVERYTHING | 7);
    }

    private static void guestAfter(boolean seen, long... commands) {
        try (AmdBench bench = guest()) {
            assertEquals(0x12_3000, readGuest(bench));
            bench.memory.store64(CR3 + 0x3000 + 8 * 5, 0x12_4007);
            bench.submit(commands);
            assertEquals(seen ? 0x12_4000 : 0x12_3000, readGuest(bench));
        }
    }

    @Test
    void aGuestPointerGoesWithTheDirectoriesOfItsPasid() {
        pointerAfter(true, DOMAIN | 7, 0x5006);
        pointerAfter(true, DOMAIN | 7, AmdBench.EVERYTHING | 7);
        pointerAfter(true, AmdBench.ALL, 0);
        pointerAfter(false, DOMAIN | 7, AmdBench.EVERYTHING | 5);
        pointerAfter(false, DOMAIN | 8, AmdBench.EVERYTHING | 7);
        pointerAfter(false, AmdBench.DEVICE | AmdBench.RID, 0);
    }

    private static void pointerAfter(boolean seen, long... commands) {
        try (AmdBench bench = guest()) {
            readGuest(bench);
            bench.memory.store64(POINTERS + 8 * 7, 0);
            bench.submit(commands);
            assertEquals(seen ? Requester.ABORT : 0x12_3000, readGuest(bench));
        }
    }

    private static AmdBench guest() {
        AmdBench bench = new AmdBench().entry(AmdBench.RID, RIGHTS | 1L << 55 | 3, 5 | (POINTERS >>> 15) << 16, 0);
        bench.memory.store64(POINTERS + 8 * 7, CR3 | 1);
        for (int i = 0; i < 3; i++) {
            bench.memory.store64(CR3 + 0x1000 * i, CR3 + 0x1000 * (i + 1) | 7);
        }
        bench.memory.store64(CR3 + 0x3000 + 8 * 5, 0x12_3007);
        return bench.start();
    }

    private static long readGuest(AmdBench bench) {
        return bench.translate(AmdBench.RID, 7, 0x5000, Protection.READ);
    }

    @Test
    void whatIsNotPresentIsCachedWithNpCacheAlone() {
        for (int header : new int[] {AmdBench.HEADER, AmdBench.HEADER | AmdBench.NP_CACHE}) {
            try (AmdBench bench = new AmdBench(header, AmdBench.EFR, AmdCaches.DEFAULT, 1)) {
                bench.host(RIGHTS | AmdBench.ROOT | 0x803).start().map(0x5000, 0);
                assertEquals(Requester.ABORT, bench.read(0x5000));
                bench.map(0x5000, RIGHTS | 0x12_3001);
                assertEquals(header == AmdBench.HEADER ? 0x12_3000 : Requester.ABORT, bench.read(0x5000));
                bench.submit(DOMAIN, 0x5000);
                assertEquals(0x12_3000, bench.read(0x5000));
            }
        }
    }

    @Test
    void devicesOfOneDomainShareTranslations() {
        try (AmdBench bench = AmdBench.host()) {
            bench.map(0x5000, RIGHTS | 0x12_3001);
            bench.read(0x5000);
            bench.entry(0x20, RIGHTS | 0x28_0803, 5, 0).entry(0x28, RIGHTS | 0x28_0803, 6, 0);
            assertEquals(0x12_3000, bench.translate(0x20, Requester.NO_PASID, 0x5000, Protection.READ));
            assertEquals(Requester.ABORT, bench.translate(0x28, Requester.NO_PASID, 0x5000, Protection.READ));
        }
    }
}
