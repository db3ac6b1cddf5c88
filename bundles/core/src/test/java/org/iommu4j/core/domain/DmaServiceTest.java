package org.iommu4j.core.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.dma.ScatterList;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The DMA API on the default domains of a machine, through gate and driver. */
class DmaServiceTest {
    private static final long PAGE = 4096;

    private final Bench bench = new Bench();
    private final FakeDriver driver = new FakeDriver();
    private DmaOps dma;
    private IommuGroup group;
    private Device device;

    @BeforeEach
    void start() {
        bench.bind(driver, "1.0.0");
        dma = bench.board.translation().orElseThrow().dmaOps();
        group = bench.group(0);
        device = group.devices().get(0);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private long map() {
        return dma.map(device, bench.machine.ram().get(0).start(), PAGE, DmaDirection.BIDIRECTIONAL);
    }

    private long calls(FakeDriver of, String call) {
        return of.calls.stream().filter(call::equals).count();
    }

    @Test
    void memoryIsMappedInTheDefaultDomainOfTheDevicesGroup() {
        long iova = map();
        assertEquals(bench.machine.ram().get(0).start(), bench.domains().translate(group.defaultDomain(), iova));
        dma.unmap(device, iova, PAGE);
        assertEquals(DomainOps.NOT_MAPPED, bench.domains().translate(group.defaultDomain(), iova));
        assertEquals(1, calls(driver, "sync"));
    }

    @Test
    void aDefaultDomainInUseBecomesLazyButNothingElse() {
        long iova = map();
        Domain domain = group.defaultDomain();
        assertEquals(Reason.BUSY,
                assertThrows(IommuException.class, () -> bench.ops().defaultType(group, DomainType.IDENTITY)).reason());
        bench.ops().defaultType(group, DomainType.DMA);
        assertEquals(DomainType.DMA, domain.type(), "the type that it has is no change");
        bench.ops().defaultType(group, DomainType.DMA_FQ);
        assertSame(domain, group.defaultDomain());
        assertEquals(DomainType.DMA_FQ, domain.type());
        assertEquals(Reason.BUSY,
                assertThrows(IommuException.class, () -> bench.ops().defaultType(group, DomainType.DMA)).reason());
        dma.unmap(device, iova, PAGE);
        bench.ops().defaultType(group, DomainType.DMA);
        assertNotSame(domain, group.defaultDomain());
        assertEquals(DomainType.DMA, group.defaultDomain().type());
        assertSame(group.defaultDomain(), group.domain());
        bench.ops().defaultType(group, DomainType.IDENTITY);
        assertEquals(bench.machine.ram().get(0).start(), map());
        refused(Reason.BUSY, () -> bench.ops().defaultType(group, DomainType.DMA));
        assertEquals(DomainType.IDENTITY, group.domain().type());
        dma.unmap(device, bench.machine.ram().get(0).start(), PAGE);
        bench.ops().defaultType(group, DomainType.DMA_FQ);
        assertEquals(DomainType.DMA_FQ, group.domain().type());
    }

    @Test
    void aGroupWithMappingsIsNotClaimed() {
        bench.ops().defaultType(group, DomainType.DMA_FQ);
        long iova = map();
        refused(Reason.BUSY, () -> bench.ops().claim(group, "vfio"));
        assertSame(group.defaultDomain(), group.domain());
        dma.unmap(device, iova, PAGE);
        bench.ops().claim(group, "vfio");
        assertEquals(0, dma.report(group).waiting(), "what was queued is flushed first");
        bench.ops().release(group, "vfio");
        bench.ops().defaultType(group, DomainType.IDENTITY);
        ScatterList list = new ScatterList().add(bench.machine.ram().get(0).start(), PAGE)
                .add(bench.machine.ram().get(0).start() + 4 * PAGE, 2 * PAGE);
        dma.map(device, list, DmaDirection.TO_DEVICE);
        refused(Reason.BUSY, () -> bench.ops().claim(group, "vfio"));
        dma.unmap(device, list);
        bench.ops().claim(group, "vfio");
    }

    private static void refused(Reason reason, Executable call) {
        assertEquals(reason, assertThrows(IommuException.class, call).reason());
    }

    @Test
    void whatWaitsForItsInvalidationIsInvalidatedByTheNextDriver() {
        bench.ops().defaultType(group, DomainType.DMA_FQ);
        long iova = map();
        FakeDriver next = new FakeDriver();
        driver.before("sync", () -> {
            throw IommuException.of(Reason.TIMEOUT, "the queue does not move");
        });
        dma.unmap(device, iova, PAGE);
        assertThrows(IommuException.class, () -> dma.flush(group));
        assertEquals(1, dma.report(group).waiting());
        bench.bind(next, "2.0.0");
        dma.flush(group);
        assertEquals(0, dma.report(group).waiting());
        assertEquals(1, calls(next, "sync"));
        bench.ops().defaultType(group, DomainType.DMA);
        assertEquals(DomainType.DMA, group.domain().type(), "nothing is in use");
    }

    @Test
    void devicesOfTheGroupShareItsAddresses() {
        long first = map();
        long second = dma.map(group.devices().get(1), bench.machine.ram().get(0).start(), PAGE, DmaDirection.TO_DEVICE);
        assertEquals(first - PAGE, second);
    }
}
