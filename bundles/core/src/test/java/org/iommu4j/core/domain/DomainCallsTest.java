package org.iommu4j.core.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainCallsTest {
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Bench bench = new Bench();
    private final FakeDriver driver = new FakeDriver();
    private DomainOps calls;
    private Domain domain;

    @BeforeEach
    void start() {
        bench.bind(driver, "1.0.0");
        calls = bench.domains();
        domain = bench.ops().allocate(bench.group(0));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @ParameterizedTest
    @CsvSource({
        "0x1001,       0x1000,         0x1000, 3,    INCOMPATIBLE",
        "0x1000,       0x1001,         0x1000, 3,    INCOMPATIBLE",
        "0x1000,       0x1000,         0x1001, 3,    INCOMPATIBLE",
        "0x1000,       0x1000,         0,      3,    INCOMPATIBLE",
        "0x1000,       0x1000,         0x1000, 0,    INCOMPATIBLE",
        "0x1000,       0x1000,         0x1000, 8,    INCOMPATIBLE",
        "0x1000,       0x1000,         0x1000, 0x41, INCOMPATIBLE",
        "0x8000000000, 0x1000,         0x1000, 3,    OVERFLOW",
        "0x7ffffff000, 0x1000,         0x2000, 3,    OVERFLOW",
        "-4096,        0x1000,         0x1000, 3,    OVERFLOW",
        "0x1000,       0x400000000000, 0x1000, 3,    OVERFLOW",
        "0x1000,       0x3ffffffff000, 0x2000, 3,    OVERFLOW",
        "0x1000,       -4096,          0x1000, 3,    OVERFLOW",
    })
    void badArgumentsOfMapAreRefusedBeforeTheDriverIsCalled(String iova, String pa, String length, String protection,
            Reason reason) {
        IommuException e = assertThrows(IommuException.class, () -> calls.map(domain, Long.decode(iova),
                Long.decode(pa), Long.decode(length), Integer.decode(protection)));
        assertEquals(reason, e.reason());
        assertTrue(e.getMessage().contains("domain " + domain.id()), e.getMessage());
        assertEquals(0, driver.calls.stream().filter("map"::equals).count());
    }

    @Test
    void badArgumentsOfUnmapAreRefusedBeforeTheDriverIsCalled() {
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> calls.unmap(domain, 1, 4096)).reason());
        assertEquals(Reason.OVERFLOW,
                assertThrows(IommuException.class, () -> calls.unmap(domain, 1L << 39, 4096)).reason());
        assertEquals(0, driver.calls.stream().filter("unmap"::equals).count());
    }

    @Test
    void theLastPageOfTheDomainCanBeMapped() {
        long last = domain.lastIova() - 4095;
        calls.map(domain, last, 0x3FFF_FFFF_F000L, 4096, RW);
        assertEquals(0x3FFF_FFFF_FFFFL, calls.translate(domain, domain.lastIova()));
        assertEquals(DomainOps.NOT_MAPPED, calls.translate(domain, domain.lastIova() + 1));
    }

    @Test
    void unmapAnswersTheBytesUpToTheFirstHoleAndSyncs() {
        calls.map(domain, 0x1000, 0x8000, 0x2000, RW);
        calls.map(domain, 0x4000, 0x8000, 0x1000, RW);
        assertEquals(0x2000, calls.unmap(domain, 0x1000, 0x4000));
        assertEquals(1, driver.calls.stream().filter("sync"::equals).count());
        assertEquals(0, calls.unmap(domain, 0x1000, 0x1000));
        assertEquals(1, driver.calls.stream().filter("sync"::equals).count());
        assertEquals(0x8000, calls.translate(domain, 0x4000));
    }

    @Test
    void aSyncThatFailsIsReportedAndTheNextUnmapBeginsClean() {
        calls.map(domain, 0x1000, 0x8000, 0x2000, RW);
        driver.before("sync", () -> {
            throw new IommuException(Reason.TIMEOUT, "wait descriptor");
        });
        assertEquals(Reason.TIMEOUT,
                assertThrows(IommuException.class, () -> calls.unmap(domain, 0x1000, 0x1000)).reason());
        driver.obey("sync");
        assertEquals(0x1000, calls.unmap(domain, 0x2000, 0x1000));
        assertEquals(0, bench.board.units().gate().inside());
    }

    @Test
    void blockedAndIdentityHaveNoTable() {
        Domain blocked = bench.ops().blocked();
        Domain identity = bench.ops().identity();
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> calls.map(identity, 0, 0, 4096, RW)).reason());
        assertEquals(Reason.INCOMPATIBLE,
                assertThrows(IommuException.class, () -> calls.unmap(blocked, 0, 4096)).reason());
        assertEquals(DomainOps.NOT_MAPPED, calls.translate(blocked, 0x1234));
        assertEquals(0x1234, calls.translate(identity, 0x1234));
    }

    @Test
    void aFreedDomainIsNoDeviceAndItsSuccessorIsNotMeantByIt() {
        bench.ops().free(domain);
        Domain next = bench.ops().allocate(bench.group(0));
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> calls.map(domain, 0x1000, 0x1000, 0x1000, RW)).reason());
        assertEquals(DomainOps.NOT_MAPPED, calls.translate(next, 0x1000));
        assertTrue(next.id() > domain.id());
    }

    @Test
    void theHotPathAllocatesNothing() {
        FakeDriver light = new FakeDriver();
        light.weightless = true;
        bench.bind(light, "2.0.0");
        Domain weightless = bench.ops().allocate(bench.group(0));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int calls = 20_000;
        hot(weightless, calls);
        long before = threads.getCurrentThreadAllocatedBytes();
        hot(weightless, calls);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < calls, allocated + " bytes in " + calls + " rounds");
    }

    private void hot(Domain light, int rounds) {
        for (int i = 0; i < rounds; i++) {
            calls.map(light, 0x1000, 0x1000, 0x1000, RW);
            calls.translate(light, 0x1000);
            calls.unmap(light, 0x1000, 0x1000);
        }
    }

    @Test
    void anotherDriverFindsAThreadsCursorZeroed() {
        calls.map(domain, 0x5000, 0x8000, 0x1000, RW);
        long[] cursor = bench.board.units().inside("test", (binding, gather) -> gather.cursor());
        assertEquals(0x5000, cursor[0]);
        bench.bind(new FakeDriver(), "2.0.0");
        assertEquals(0, cursor[0]);
    }
}
