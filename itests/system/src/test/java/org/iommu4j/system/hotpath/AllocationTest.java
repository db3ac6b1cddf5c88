package org.iommu4j.system.hotpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.system.rig.Definitions.Caches;
import org.iommu4j.system.rig.Definitions.Mode;
import org.iommu4j.system.rig.Definitions;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Maps, translations and unmaps with their invalidations, of a domain that a device is in: the JVM counts what the
 * calling thread allocates. Hardware works on that thread, too; the model of the SMMUv3 and memory that is flushed
 * allocate for themselves, so these modes are held to it in the driver's own tests.
 */
class AllocationTest {
    private static final int ROUNDS = 5_000;
    private static final long IOVA = 0x7_4000_0000L;
    private static final long PA = 0x1_4000_0000L;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = {"NOT_SNOOPED", "ARM.*"})
    void mapTranslateAndUnmapAllocateNothing(Mode mode) {
        ThreadMXBean standard = ManagementFactory.getThreadMXBean();
        assumeTrue(standard instanceof com.sun.management.ThreadMXBean);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) standard;
        assumeTrue(threads.isThreadAllocatedMemorySupported() && threads.isThreadAllocatedMemoryEnabled());
        try (Rig rig = new Rig(Definitions.of(mode, Caches.LARGE, 1), mode.driver())) {
            IommuGroup group = rig.group("0000:01:00.0");
            Domain domain = rig.domainWith(group, IOVA - rig.page(), PA, 1);
            rig.iommu().replace(group, domain);
            DomainOps domains = rig.domains();
            long page = rig.page();
            work(domains, domain, page);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            work(domains, domain, page);
            long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
            assertTrue(allocated < ROUNDS,
                    allocated + " bytes in " + ROUNDS + " rounds; one object each is 16 at least");
        }
    }

    /** One page, and a range of several sizes of invalidations. */
    private static void work(DomainOps domains, Domain domain, long page) {
        for (int round = 0; round < ROUNDS; round++) {
            domains.map(domain, IOVA, PA, page, Rig.RW);
            assertEquals(PA, domains.translate(domain, IOVA));
            domains.unmap(domain, IOVA, page);
            domains.map(domain, IOVA, PA + page, 21 * page, Rig.RW);
            domains.unmap(domain, IOVA, 21 * page);
        }
    }
}
