package org.iommu4j.core.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DirtyTrackingTest {
    private final Bench bench = new Bench();
    private final FakeDriver driver = new FakeDriver();
    private DomainOps calls;
    private Domain domain;

    @BeforeEach
    void start() {
        driver.unitCount = 2;
        bench.bind(driver, "1.0.0");
        calls = bench.domains();
        domain = bench.ops().allocate(bench.group(0), Set.of(DomainFlag.DIRTY_TRACKING));
        calls.map(domain, 0x5000, 0x105000, 0x2000, Protection.READ);
        driver.calls.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void oldMarksAreForgottenAndInvalidatedBeforeEachUnitBegins() {
        calls.dirtyTracking(domain, true);
        assertEquals(List.of("read dirty", "read dirty", "sync", "tracking true on dmar0", "tracking true on dmar1"),
                List.copyOf(driver.calls));
        calls.dirtyTracking(domain, true);
        assertEquals(5, driver.calls.size(), "it is on");
        driver.calls.clear();

        calls.dirtyTracking(domain, false);
        assertEquals(List.of("tracking false on dmar0", "tracking false on dmar1"), List.copyOf(driver.calls));
    }

    @Test
    void theVisitorHearsOfWritesAfterTheInvalidationAndMayCallAnything() {
        calls.dirtyTracking(domain, true);
        driver.calls.clear();
        List<String> runs = new ArrayList<>();

        calls.readAndClearDirty(domain, 0x5000, 0x1000, (iova, length, lg2) -> {
            runs.add(Long.toHexString(iova) + "+" + length + " of " + lg2 + " after " + List.copyOf(driver.calls));
            calls.map(domain, 0x9000, 0x109000, 0x1000, Protection.READ);
        });

        assertEquals(List.of("5000+4096 of 12 after [read dirty, sync]"), runs);
    }

    @Test
    void aUnitThatFailsLeavesTrackingOffEverywhere() {
        driver.before("tracking true on dmar1", () -> {
            throw new IllegalStateException("no");
        });

        assertEquals(Reason.IO, reasonOf(() -> calls.dirtyTracking(domain, true)));

        List<String> made = List.copyOf(driver.calls);
        assertTrue(made.subList(made.size() - 2, made.size()).containsAll(
                List.of("tracking false on dmar0", "tracking false on dmar1")), made.toString());
        assertEquals(Reason.INCOMPATIBLE, reasonOf(() -> read(domain, 0x5000, 0x1000)), "tracking is off");
        driver.obey("tracking true on dmar1");
        calls.dirtyTracking(domain, true);
    }

    @Test
    void domainsWithoutTheFlagAreRefused() {
        Domain plain = bench.ops().allocate(bench.group(0));
        assertEquals(Reason.NOT_SUPPORTED, reasonOf(() -> calls.dirtyTracking(plain, true)));
        assertEquals(Reason.NOT_SUPPORTED, reasonOf(() -> read(plain, 0, 0x1000)));
        assertEquals(Reason.INCOMPATIBLE, reasonOf(() -> calls.dirtyTracking(bench.ops().blocked(), true)));
        assertEquals(Reason.INCOMPATIBLE, reasonOf(() -> read(domain, 0, 0x1000)), "tracking is off");
        calls.dirtyTracking(domain, true);
        assertEquals(Reason.INCOMPATIBLE, reasonOf(() -> read(domain, 0x5001, 0x1000)));
        assertEquals(Reason.OVERFLOW, reasonOf(() -> read(domain, 1L << 39, 0x1000)));
    }

    private void read(Domain from, long iova, long length) {
        calls.readAndClearDirty(from, iova, length, (start, bytes, lg2) -> { });
    }

    private static Reason reasonOf(Runnable call) {
        return assertThrows(IommuException.class, call::run).reason();
    }
}
