package org.iommu4j.core.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.iommu4j.core.unit.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeakTest {
    private static final int COLLECTIONS = 50;
    private static final long PAUSE_MILLIS = 50;

    private final Bench bench = new Bench();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final List<IommuException> kept = new ArrayList<>();
    private Domain domain;

    @AfterEach
    void close() {
        bench.close();
    }

    /** A driver does all that leaves traces: domains, handlers, faults, exceptions. */
    private WeakReference<Object> used(String version) {
        FakeDriver driver = new FakeDriver();
        driver.whenMade(unit -> unit.ports.onInterrupt("fault", () -> driver.calls.add("interrupt")));
        Candidate before = bench.inCharge();
        bench.bind(driver, version);
        if (before != null) {
            bench.unbind(before);
        } else {
            domain = bench.ops().allocate(bench.group(0));
        }
        bench.domains().map(domain, 0x1000, 0x8000, 0x1000, Protection.READ);
        kept.add(assertThrows(IommuException.class,
                () -> bench.domains().map(domain, 0x1000, 0x8000, 0x1000, Protection.READ)));
        driver.before("unmap", () -> {
            throw new DriversOwn(driver);
        });
        kept.add(assertThrows(IommuException.class, () -> bench.domains().unmap(domain, 0x1000, 0x1000)));
        driver.obey("unmap");
        bench.domains().unmap(domain, 0x1000, 0x1000);
        bench.machine.interrupts.interrupt(driver.units.get(0).ports.interrupt("fault").data());
        return new WeakReference<>(driver, collected);
    }

    /** An exception that refers to its driver. */
    private static final class DriversOwn extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient FakeDriver driver;

        DriversOwn(FakeDriver driver) {
            super("own");
            this.driver = driver;
        }

        @Override
        public String toString() {
            return super.toString() + driver.calls.size();
        }
    }

    @Test
    void nothingOfADriverIsReachableOnceAnotherHasTakenOver() throws InterruptedException {
        WeakReference<Object> first = used("1.0.0");
        WeakReference<Object> second = used("2.0.0");
        WeakReference<Object> third = used("3.0.0");
        awaitCollected(first);
        awaitCollected(second);
        assertEquals(bench.inCharge().driver(), third.get());
        assertEquals(6, kept.size());
    }

    @Test
    void nothingOfADriverIsReachableOnceItHasGone() throws InterruptedException {
        WeakReference<Object> only = used("1.0.0");
        bench.unbind(bench.inCharge());
        awaitCollected(only);
    }

    @Test
    void nothingOfASuccessorThatFailedIsReachable() throws InterruptedException {
        used("1.0.0");
        awaitCollected(failed());
    }

    private WeakReference<Object> failed() {
        FakeDriver driver = new FakeDriver();
        driver.before("adopt dmar0", () -> {
            throw new DriversOwn(driver);
        });
        Candidate candidate = bench.bind(driver, "4.0.0");
        bench.unbind(candidate);
        return new WeakReference<>(driver, collected);
    }

    private void awaitCollected(Reference<Object> reference) throws InterruptedException {
        for (int i = 0; i < COLLECTIONS && reference.get() != null; i++) {
            System.gc();
            collected.remove(PAUSE_MILLIS);
        }
        assertNull(reference.get(), "a former driver is still reachable");
    }
}
