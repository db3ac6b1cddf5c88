package org.iommu4j.core.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interrupt messages of devices whose unit translates them. */
class DoorbellTest {
    private static final long START = 0x800_0000L;
    private static final long LAST = 0x80f_ffffL;
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Bench bench = new Bench();
    private final long page = bench.machine.message(0).address() & -4096;

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_page_is_mapped_in_every_domain_that_a_group_is_put_into() {
        bench.bind(new FakeDriver().reserve(START, LAST, ReservedRegion.Kind.SW_MSI), "1");
        assertEquals(page, bench.domains().translate(bench.group(0).defaultDomain(), START));
        Domain own = bench.ops().allocate(bench.group(0));
        assertEquals(DomainOps.NOT_MAPPED, bench.domains().translate(own, START));
        bench.ops().attach(bench.group(0), own);
        assertEquals(page, bench.domains().translate(own, START));
        bench.ops().detach(bench.group(0));
        bench.ops().free(own);
    }

    @Test
    void clients_map_and_unmap_nothing_in_its_region() {
        bench.bind(new FakeDriver().reserve(START, LAST, ReservedRegion.Kind.SW_MSI), "1");
        Domain domain = bench.group(0).defaultDomain();
        refused(() -> bench.domains().map(domain, LAST - 0xfff, 0, 0x1000, RW));
        refused(() -> bench.domains().map(domain, START - 0x1000, 0, 0x2000, RW));
        refused(() -> bench.domains().unmap(domain, START, 0x1000));
        bench.domains().map(domain, START - 0x1000, 0, 0x1000, RW);
        bench.domains().map(domain, LAST + 1, 0, 0x1000, RW);
    }

    @Test
    void a_domain_that_maps_something_else_there_is_refused() {
        bench.bind(new FakeDriver().reserve(START, LAST, ReservedRegion.Kind.SW_MSI), "1");
        Domain own = bench.ops().allocate(bench.group(0));
        bench.domains().map(own, START, 0x1000, 0x1000, RW);
        refused(() -> bench.ops().attach(bench.group(0), own));
        assertEquals(bench.group(0).defaultDomain(), bench.group(0).domain());
    }

    @Test
    void without_such_a_region_nothing_is_mapped() {
        bench.bind(new FakeDriver().reserve(START, LAST, ReservedRegion.Kind.MSI), "1");
        assertEquals(DomainOps.NOT_MAPPED, bench.domains().translate(bench.group(0).defaultDomain(), START));
    }

    private static void refused(Runnable call) {
        IommuException refusal = assertThrows(IommuException.class, call::run);
        assertEquals(Reason.INCOMPATIBLE, refusal.reason());
        assertTrue(refusal.getMessage().contains("0x8000000"), refusal.getMessage());
    }
}
