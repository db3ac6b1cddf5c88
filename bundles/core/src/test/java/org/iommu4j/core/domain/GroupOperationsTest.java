package org.iommu4j.core.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class GroupOperationsTest {
    private final Bench bench = new Bench();
    private final FakeDriver driver = new FakeDriver();

    @AfterEach
    void close() {
        bench.close();
    }

    private IommuOps start() {
        bench.bind(driver, "1.0.0");
        return bench.ops();
    }

    private static void refused(Reason reason, Executable call) {
        assertEquals(reason, assertThrows(IommuException.class, call).reason());
    }

    private String context(int requester) {
        return bench.machine.contexts.get(requester);
    }

    @Test
    void attachPutsAllRequestersOfTheGroupIntoTheDomain() {
        IommuOps ops = start();
        Domain domain = ops.allocate(bench.group(0));
        ops.attach(bench.group(0), domain);
        assertEquals("domain " + domain.id(), context(0x28));
        assertEquals("domain " + domain.id(), context(0x29));
        assertNotSame(domain, bench.group(1).domain());
    }

    @Test
    void anAttachThatFailsAtTheSecondRequesterTakesTheFirstOneBack() {
        IommuOps ops = start();
        Domain before = bench.group(0).domain();
        Domain domain = ops.allocate(bench.group(0));
        driver.before("attach 41 to domain " + domain.id(), () -> {
            throw new IommuException(Reason.NO_SPACE, "no ids");
        });
        refused(Reason.NO_SPACE, () -> ops.attach(bench.group(0), domain));
        assertEquals("domain " + before.id(), context(0x28));
        assertEquals("domain " + before.id(), context(0x29));
        assertSame(before, bench.group(0).domain());
        ops.free(domain);
    }

    @Test
    void aGroupThatCannotGoBackIsStoppedUntilAChangeSucceeds() {
        IommuOps ops = start();
        Domain domain = ops.allocate(bench.group(0));
        driver.before("attach 41", () -> {
            throw new IommuException(Reason.IO, "broken");
        });
        driver.before("attach 40 to domain " + bench.group(0).domain().id(), () -> {
            throw new IommuException(Reason.IO, "broken too");
        });
        refused(Reason.IO, () -> ops.attach(bench.group(0), domain));
        assertFalse(bench.machine.function("0000:00:05.0").dma);
        assertTrue(bench.machine.function("0000:00:06.0").dma);
        driver.obey("attach 41");
        ops.attach(bench.group(0), domain);
        assertTrue(bench.dma());
    }

    @Test
    void aSecondAttachIsBusyAndReplaceIsNot() {
        IommuOps ops = start();
        IommuGroup group = bench.group(0);
        Domain one = ops.allocate(group);
        Domain two = ops.allocate(group);
        ops.attach(group, one);
        refused(Reason.BUSY, () -> ops.attach(group, two));
        assertEquals(AttachMethod.ENTRY_UPDATE, ops.replace(group, two));
        assertEquals(AttachMethod.NONE, ops.replace(group, two));
        ops.free(one);
        refused(Reason.BUSY, () -> ops.free(two));
        ops.detach(group);
        assertSame(group.defaultDomain(), group.domain());
        ops.free(two);
        refused(Reason.NO_DEVICE, () -> ops.free(two));
        refused(Reason.NO_DEVICE, () -> ops.attach(group, two));
    }

    @Test
    void aClaimedGroupIsBlockedUntilItsOwnerAttachesAndGoesBackAfterTheLastRelease() {
        IommuOps ops = start();
        IommuGroup group = bench.group(0);
        ops.claim(group, "vfio");
        ops.claim(group, "vfio");
        assertSame(ops.blocked(), group.domain());
        assertEquals("blocked", context(0x28));
        refused(Reason.NOT_OWNER, () -> ops.claim(group, "other"));
        refused(Reason.NOT_OWNER, () -> ops.release(group, "other"));
        Domain domain = ops.allocate(group);
        ops.attach(group, domain);
        ops.detach(group);
        assertSame(ops.blocked(), group.domain());
        ops.release(group, "vfio");
        assertSame(ops.blocked(), group.domain());
        ops.release(group, "vfio");
        assertSame(group.defaultDomain(), group.domain());
        refused(Reason.NOT_OWNER, () -> ops.release(group, "vfio"));
        ops.attach(group, domain);
        refused(Reason.BUSY, () -> ops.claim(group, "vfio"));
    }

    @Test
    void theDefaultTypeChangesWithTheGroupInIt() {
        IommuOps ops = start();
        IommuGroup group = bench.group(0);
        Domain former = group.defaultDomain();
        ops.defaultType(group, DomainType.IDENTITY);
        assertSame(ops.identity(), group.domain());
        assertEquals("identity", context(0x29));
        assertFalse(bench.machine.tables.containsKey(former.id()));
        ops.defaultType(group, DomainType.DMA);
        assertEquals(DomainType.DMA, group.domain().type());
        refused(Reason.INCOMPATIBLE, () -> ops.defaultType(group, DomainType.PAGING));
        ops.attach(group, ops.allocate(group));
        refused(Reason.BUSY, () -> ops.defaultType(group, DomainType.IDENTITY));
    }

    @Test
    void aDefaultDomainIsNotForOthersAndNotToBeFreed() {
        IommuOps ops = start();
        refused(Reason.INCOMPATIBLE, () -> ops.attach(bench.group(0), bench.group(1).defaultDomain()));
        refused(Reason.INCOMPATIBLE, () -> ops.free(bench.group(0).defaultDomain()));
        refused(Reason.INCOMPATIBLE, () -> ops.free(ops.blocked()));
    }

    @Test
    void directRegionsAreMappedBeforeTheFirstAttachAndKeepTheGroupFromBeingBlocked() {
        driver.reserve(0x7000_0000L, 0x7000_2FFFL, ReservedRegion.Kind.DIRECT);
        driver.reserve(0x7000_2000L, 0x7000_3FFFL, ReservedRegion.Kind.DIRECT_RELAXABLE);
        IommuOps ops = start();
        IommuGroup group = bench.group(0);
        for (long iova = 0x7000_0000L; iova < 0x7000_4000L; iova += 0x1000) {
            assertEquals(iova, bench.domains().translate(group.defaultDomain(), iova));
        }
        List<String> order = List.copyOf(driver.calls);
        assertTrue(order.indexOf("map") < order.indexOf("attach 40"));
        refused(Reason.BUSY, () -> ops.claim(group, "vfio"));
        refused(Reason.INCOMPATIBLE, () -> ops.attach(group, ops.blocked()));
        Domain domain = ops.allocate(group);
        refused(Reason.INCOMPATIBLE, () -> ops.attach(group, domain));
        bench.domains().map(domain, 0x7000_0000L, 0x7000_0000L, 0x3000, Protection.READ | Protection.WRITE);
        ops.attach(group, domain);
        ops.replace(group, ops.identity());
        assertEquals(2, group.reservedRegions().size());
    }

    @Test
    void msiRegionsAreReportedAndNothingElse() {
        driver.reserve(0xFEE0_0000L, 0xFEEF_FFFFL, ReservedRegion.Kind.MSI);
        IommuOps ops = start();
        Domain domain = ops.allocate(bench.group(0));
        bench.domains().map(domain, 0xFEE0_0000L, 0x1000, 0x1000, Protection.READ);
        assertEquals(ReservedRegion.Kind.MSI, bench.group(0).reservedRegions().get(0).kind());
        ops.claim(bench.group(0), "vfio");
    }

    @Test
    void aGroupWhoseInterruptsAreNotIsolatedIsClaimedOnlyIfThatIsAllowed() {
        driver.withoutRemapping();
        IommuOps ops = start();
        assertFalse(bench.group(0).isolatedMsi());
        refused(Reason.NOT_SUPPORTED, () -> ops.claim(bench.group(0), "vfio"));
        assertSame(bench.group(0).defaultDomain(), bench.group(0).domain());
        try (Bench careless = new Bench(true)) {
            careless.bind(new FakeDriver().withoutRemapping(), "1.0.0");
            careless.ops().claim(careless.group(0), "vfio");
            assertSame(careless.ops().blocked(), careless.group(0).domain());
        }
    }

    @Test
    void whatBelongsToAnotherMachineIsNoDevice() {
        IommuOps ops = start();
        try (Bench other = new Bench()) {
            other.bind(new FakeDriver(), "1.0.0");
            refused(Reason.NO_DEVICE, () -> ops.attach(other.group(0), ops.identity()));
            refused(Reason.NO_DEVICE, () -> ops.attach(bench.group(0), other.ops().identity()));
            refused(Reason.NO_DEVICE, () -> bench.domains().unmap(other.ops().allocate(other.group(0)), 0, 4096));
        }
    }

    @Test
    void whatTheDriverThrowsIsTextWithoutACause() {
        IommuOps ops = start();
        driver.before("allocate", () -> {
            throw new NoClassDefFoundError("gone/Class");
        });
        IommuException e = assertThrows(IommuException.class, () -> ops.allocate(bench.group(0)));
        assertEquals(Reason.IO, e.reason());
        assertEquals(null, e.getCause());
        assertTrue(e.getMessage().contains("NoClassDefFoundError"));
        assertEquals(0, bench.board.units().gate().inside());
    }
}
