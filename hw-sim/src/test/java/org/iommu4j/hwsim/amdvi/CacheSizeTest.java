package org.iommu4j.hwsim.amdvi;

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
    private static final int SMALL_PAGES = 20;
    private static final long RIGHTS = 0x6000_0000_0000_0000L;
    private static final long WHOLE = AmdBench.EVERYTHING | 3;

    @Test
    void oneEntryAndManyGiveTheSameAnswers() {
        long seed = Long.getLong("iommu4j.seed", System.nanoTime());
        try (AmdBench small = new AmdBench(AmdBench.HEADER, AmdBench.EFR, AmdCaches.SMALLEST, seed);
                AmdBench large = new AmdBench(AmdBench.HEADER | AmdBench.NP_CACHE, AmdBench.EFR,
                        AmdCaches.of(new CacheGeometry(1024, 4)), seed)) {
            run(seed, small, large);
            assertTrue(small.counter("iotlb.misses") > large.counter("iotlb.misses"), "seed " + seed);
            assertTrue(small.counter("faults") < small.counter("translations") * 3 / 4, "seed " + seed);
            assertTrue(large.counter("guests.hits") > 0, "seed " + seed);
            assertEquals(small.counter("faults"), large.counter("faults"), "seed " + seed);
        }
    }

    private static void run(long seed, AmdBench... benches) {
        for (AmdBench bench : benches) {
            bench.start();
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
            int rights = random.nextInt(4);
            int access = 1 + random.nextInt(3);
            boolean pasid = random.nextBoolean();
            String expected = null;
            for (AmdBench bench : benches) {
                String answer = switch (kind) {
                    case 0, 1, 2 -> leaf(bench, domain, page, rights);
                    case 3 -> move(bench, domain);
                    case 4 -> attach(bench, device, domain, rights);
                    default -> access(bench, device, pasid, page, access);
                };
                if (bench == benches[0]) {
                    expected = answer;
                } else {
                    assertEquals(expected, answer, "seed " + seed + ", step " + step);
                }
            }
        }
    }

    private static long root(int domain) {
        return 0x40_0000L + 0x10_0000L * domain;
    }

    /**
     * Host tables of three levels; page 20 and up lie in a leaf of 2 MiB. Guest tables of PASID 1, whose one leaf of
     * 2 MiB maps guest virtual to guest physical 0; their tables lie where host tables map them: at 1 GiB and up.
     */
    private static void link(AmdBench bench, int domain) {
        long root = root(domain);
        bench.memory.store64(root, RIGHTS | root + 0x1000 | 2 << 9 | 1);
        bench.memory.store64(root + 0x1000, RIGHTS | root + 0x2000 | 1 << 9 | 1);
        long guest = root + 0x8_0000;
        bench.memory.store64(root + 8, RIGHTS | root + 0x7000 | 2 << 9 | 1);
        bench.memory.store64(root + 0x7000, RIGHTS | guest & -0x20_0000L | 1);
        long base = 0x4000_0000L + (guest & 0x1f_ffff);
        bench.memory.store64(guest + 8, base + 0x1000 | 1);
        bench.memory.store64(guest + 0x1000, base + 0x2000 | 7);
        bench.memory.store64(guest + 0x2000, base + 0x3000 | 7);
        bench.memory.store64(guest + 0x3000, 0x87);
    }

    /** Changes a leaf, and invalidates it by page. */
    private static String leaf(AmdBench bench, int domain, int page, int rights) {
        long pa = 0x1000_0000L + ((long) domain << 24) + ((long) rights << 21);
        long entry = pa | (long) rights << 61 | (rights == 0 ? 0 : 1);
        if (page < SMALL_PAGES) {
            long table = bench.memory.load64(root(domain) + 0x1000) & 0x000f_ffff_ffff_f000L;
            bench.memory.store64(table + 8L * page, entry + 0x1000L * page);
            bench.submit(AmdBench.PAGES | (long) domain + 1 << 32, 0x1000L * page);
        } else {
            bench.memory.store64(root(domain) + 0x1000 + 8, entry);
            bench.submit(AmdBench.PAGES | (long) domain + 1 << 32, 0x20_0001L | 0xff << 12);
        }
        return "";
    }

    /** Copies the level-1 table, links the copy, and invalidates its range with the directories. */
    private static String move(AmdBench bench, int domain) {
        long slot = root(domain) + 0x1000;
        long old = bench.memory.load64(slot) & 0x000f_ffff_ffff_f000L;
        long copy = old ^ 0x4000;
        byte[] bytes = new byte[0x1000];
        bench.memory.read(old, bytes, 0, bytes.length);
        bench.memory.write(copy, bytes, 0, bytes.length);
        bench.memory.store64(slot, RIGHTS | copy | 1 << 9 | 1);
        bench.submit(AmdBench.PAGES | (long) domain + 1 << 32, 0xf_f003L);
        bench.memory.fill(old, bytes.length, -1);
        return "";
    }

    /** Gives a device another domain, or none; entry first, then what was found by the old one. */
    private static String attach(AmdBench bench, int device, int domain, int rights) {
        long pointers = 0x4000_0000L + (root(domain) + 0x8_0000 & 0x1f_ffff);
        long word0 = RIGHTS | root(domain) | 3 << 9 | 1L << 55 | (pointers >>> 12 & 7) << 58 | 3;
        bench.entry(0x10 + device, rights == 0 ? 1 : word0,
                rights == 0 ? 0 : domain + 1 | (pointers >>> 15 & 0xffff) << 16, 0);
        bench.submit(AmdBench.DEVICE | 0x10 + device, 0, AmdBench.PAGES | (long) domain + 1 << 32, WHOLE,
                AmdBench.WAIT, 1);
        return "";
    }

    private static String access(AmdBench bench, int device, boolean pasid, int page, int access) {
        long iova = page < SMALL_PAGES ? 0x1000L * page + 8 : 0x20_0000L + 0x7000L * page;
        long pa = bench.translate(0x10 + device, pasid ? 1 : Requester.NO_PASID, iova,
                (access & 1) * Protection.READ | (access >> 1) * Protection.WRITE);
        if (pa != Requester.ABORT) {
            return Long.toHexString(pa);
        }
        long[] event = bench.event();
        return "fault " + Long.toHexString(event[0]) + " " + Long.toHexString(event[1]);
    }
}
