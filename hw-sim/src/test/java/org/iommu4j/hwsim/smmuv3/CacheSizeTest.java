package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.iommu4j.api.Protection;
import org.iommu4j.hwsim.cache.CacheGeometry;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;

/** Software that invalidates as it must sees the same data and faults whatever the size of the caches. */
class CacheSizeTest {
    private static final int STEPS = 20_000 * Integer.getInteger("iommu4j.scale", 1);
    private static final int DOMAINS = 3;
    private static final int DEVICES = 4;
    private static final int PAGES = 24;
    private static final int FIRST_DEVICE = 0x20;

    @Test
    void oneEntryAndManyGiveTheSameAnswers() {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        try (SmmuBench small = new SmmuBench(SmmuBench.ids(), CacheSizes.SMALLEST, seed);
                SmmuBench large = new SmmuBench(SmmuBench.ids(), CacheSizes.of(new CacheGeometry(1024, 4)), seed)) {
            run(seed, small, large);
            assertTrue(small.counter("iotlb.hits") < large.counter("iotlb.hits"), "seed " + seed);
            assertEquals(small.counter("faults"), large.counter("faults"), "seed " + seed);
        }
    }

    private static void run(long seed, SmmuBench... benches) {
        for (SmmuBench bench : benches) {
            bench.nested();
            for (int domain = 0; domain < DOMAINS; domain++) {
                leaf(bench, domain, 0, 0);
            }
        }
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int domain = random.nextInt(DOMAINS);
            int device = random.nextInt(DEVICES);
            int page = random.nextInt(PAGES);
            int kind = random.nextInt(16);
            int choice = random.nextInt(4);
            int access = 1 + random.nextInt(3);
            long[] expected = null;
            for (SmmuBench bench : benches) {
                long[] answer = switch (kind) {
                    case 0, 1, 2 -> leaf(bench, domain, page, choice);
                    case 3 -> attach(bench, device, domain, choice);
                    case 4 -> second(bench, choice);
                    default -> access(bench, device, page, access);
                };
                if (expected == null) {
                    expected = answer;
                } else {
                    assertArrayEquals(expected, answer, "seed " + seed + ", step " + step);
                }
            }
        }
    }

    private static long root(int domain) {
        return 0x200_0000L + 0x10_0000L * domain;
    }

    /** Changes a page, or a block of 2 MiB from page 20 on; a global one is removed by its address too. */
    private static long[] leaf(SmmuBench bench, int domain, int page, int choice) {
        long ipa = 0x400_0000L + ((long) domain << 23) + ((long) choice << 21);
        long asid = domain + 1L << 48;
        // choice 0: none; 1: read-only; 2: read-write; 3: access flag clear
        long bits = new long[] {0, 0xcc0, 0xc40, 0x840}[choice];
        if (page < 20) {
            bench.map(root(domain), 0, 0x1000L * page, 3, choice == 0 ? 0 : ipa + 0x1000L * page | bits | 3);
        } else {
            bench.map(root(domain), 0, 0x20_0000, 2, choice == 0 ? 0 : ipa | bits | 1);
        }
        for (long vmid : new long[] {0, 5L << 32}) {
            bench.sync(0x12 | asid | vmid, page < 20 ? 0x1000L * page | 0x701 : 0x20_0601);
        }
        return new long[0];
    }

    /** Gives a device another domain, with or without a second stage, bypass, or nothing. */
    private static long[] attach(SmmuBench bench, int device, int domain, int choice) {
        int sid = FIRST_DEVICE + device;
        long table = SmmuBench.CONTEXTS + 0x1000 + 64L * sid;
        bench.memory.store64(table, SmmuBench.CD + ((long) domain << 48));
        bench.memory.store64(table + 8, root(domain));
        switch (choice) {
            case 0 -> bench.stream(sid, 0);
            case 1 -> bench.stream(sid, 9);
            case 2 -> bench.stream(sid, table | 0xb, 0, 0, 0);
            default -> bench.stream(sid, table | 0xf, 0, SmmuBench.STE_2, SmmuBench.STAGE_2);
        }
        bench.sync(0x03 | (long) sid << 32, 1);
        return new long[0];
    }

    /** A block of the second stage that holds pages of domain 0 is cut into pages that lie elsewhere, or made whole. */
    private static long[] second(SmmuBench bench, int choice) {
        long ipa = 0x440_0000L;
        long slot = bench.mapSecond(ipa, 2, choice < 2 ? ipa | SmmuBench.S2_BLOCK : 0x7e_0003L);
        for (int i = 0; i < 512; i++) {
            long pa = 0x1000_0000L * choice + ipa + 0x1000L * (i ^ 1);
            bench.memory.store64(0x7e_0000L + 8 * i, pa | SmmuBench.S2_PAGE);
        }
        assertTrue(slot > 0);
        bench.sync(0x2a | 5L << 32, ipa, 0x28 | 5L << 32, 0);
        return new long[0];
    }

    private static long[] access(SmmuBench bench, int device, int page, int access) {
        long iova = page < 20 ? 0x1000L * page + 8 : 0x20_0000L + 0x7000L * page;
        long pa = bench.translate(FIRST_DEVICE + device, Requester.NO_PASID, iova,
                (access & 1) * Protection.READ | (access >> 1) * Protection.WRITE);
        return pa != Requester.ABORT ? new long[] {pa} : bench.event();
    }
}
