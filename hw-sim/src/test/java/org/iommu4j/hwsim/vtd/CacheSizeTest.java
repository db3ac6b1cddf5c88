package org.iommu4j.hwsim.vtd;

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

    @Test
    void oneEntryAndManyGiveTheSameAnswers() {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        try (VtdBench small = new VtdBench(VtdBench.CAP, VtdBench.ECAP, VtdCaches.SMALLEST, seed);
                VtdBench large = new VtdBench(VtdBench.CAP, VtdBench.ECAP,
                        VtdCaches.of(new CacheGeometry(1024, 4)), seed)) {
            run(seed, small, large);
            assertTrue(small.counter("iotlb.hits") < large.counter("iotlb.hits"), "seed " + seed);
            assertEquals(small.counter("faults"), large.counter("faults"), "seed " + seed);
        }
    }

    private static void run(long seed, VtdBench... benches) {
        for (VtdBench bench : benches) {
            bench.startLegacy(context(0, 0), context(0, 1));
            for (int domain = 0; domain < DOMAINS; domain++) {
                link(bench, domain);
            }
        }
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            int domain = random.nextInt(DOMAINS);
            int device = random.nextInt(DEVICES);
            int page = random.nextInt(PAGES);
            int kind = random.nextInt(16);
            int protection = random.nextInt(4);
            int access = 1 + random.nextInt(3);
            long expected = 0;
            for (VtdBench bench : benches) {
                long answer = switch (kind) {
                    case 0, 1, 2 -> leaf(bench, domain, page, protection);
                    case 3 -> move(bench, domain);
                    case 4 -> attach(bench, device, domain, protection);
                    default -> access(bench, device, page, access);
                };
                if (bench == benches[0]) {
                    expected = answer;
                } else {
                    assertEquals(expected, answer, "seed " + seed + ", step " + step);
                }
            }
        }
    }

    /** Root table, level 3, level 2 and a level-1 table of a domain; page 20 and up lie in a leaf of 2 MiB. */
    private static void link(VtdBench bench, int domain) {
        long root = root(domain);
        bench.memory.store64(root, root + 0x1000 | 3);
        bench.memory.store64(root + 0x1000, root + 0x2000 | 3);
        bench.memory.store64(root + 0x2000, root + 0x3000 | 3);
    }

    private static long root(int domain) {
        return 0x40_0000L + 0x10_0000L * domain;
    }

    private static long context(int domain, int word) {
        return word == 0 ? root(domain) | 1 : domain + 1 << 8 | 2;
    }

    /** Changes a leaf, and invalidates it by page with the hint. */
    private static long leaf(VtdBench bench, int domain, int page, int protection) {
        long pa = 0x1000_0000L + ((long) domain << 24) + ((long) protection << 21);
        if (page < 20) {
            long table = bench.memory.load64(root(domain) + 0x2000) & -0x1000L;
            bench.memory.store64(table + 8L * page, pa + 0x1000L * page | protection);
            bench.submit(0xf2 | domain + 1 << 16, 0x1000L * page | 1 << 6);
        } else {
            bench.memory.store64(root(domain) + 0x2000 + 8, pa | 0x80 | protection);
            bench.submit(0xf2 | domain + 1 << 16, 0x20_0049L);
        }
        return 0;
    }

    /** Copies the level-1 table, links the copy, and invalidates its range without the hint. */
    private static long move(VtdBench bench, int domain) {
        long slot = root(domain) + 0x2000;
        long old = bench.memory.load64(slot) & -0x1000L;
        long copy = old ^ 0x4000;
        byte[] bytes = new byte[0x1000];
        bench.memory.read(old, bytes, 0, bytes.length);
        bench.memory.write(copy, bytes, 0, bytes.length);
        bench.memory.store64(slot, copy | 3);
        bench.submit(0xf2 | domain + 1 << 16, 9);
        bench.memory.fill(old, bytes.length, -1);
        return 0;
    }

    /** Gives a device another domain, or none; context first, then the old domain's translations. */
    private static long attach(VtdBench bench, int device, int domain, int protection) {
        long entry = VtdBench.CONTEXTS + 16L * (0x10 + device);
        boolean none = protection == 0;
        bench.memory.store128(entry, none ? 0 : context(domain, 0), none ? 0 : context(domain, 1));
        bench.submit(0x11, 0, 0xd2, 0, 0x25, VtdBench.STATUS);
        return 0;
    }

    private static long access(VtdBench bench, int device, int page, int access) {
        long iova = page < 20 ? 0x1000L * page + 8 : 0x20_0000L + 0x7000L * page;
        long pa = bench.translate(0x10 + device, Requester.NO_PASID, iova,
                (access & 1) * Protection.READ | (access >> 1) * Protection.WRITE);
        return pa != Requester.ABORT ? pa : -1000 - bench.fault();
    }
}
