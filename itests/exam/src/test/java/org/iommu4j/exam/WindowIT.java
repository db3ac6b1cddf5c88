package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.exam.dma.Tally;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Vendor;
import org.iommu4j.exam.lab.Waits;
import org.iommu4j.exam.made.Jars;
import org.iommu4j.exam.made.Script;
import org.junit.Test;

/** Between leave and adopt no driver is in charge: held open, this window shows that devices do not need one. */
public class WindowIT extends RunningSystem {
    private static final long TRANSACTIONS = 1000;
    private static final long MISSES = 100;
    private static final long ADOPT_MILLIS = 20_000;

    private final CountDownLatch left = new CountDownLatch(1);
    private final CountDownLatch proceed = new CountDownLatch(1);

    @Test
    public void devicesGoOnWithNoVtdDriverInChargeAndCallsWait() throws Exception {
        heldOpen(Vendor.VTD);
    }

    @Test
    public void devicesGoOnWithNoSmmuDriverInChargeAndCallsWait() throws Exception {
        heldOpen(Vendor.SMMUV3);
    }

    @Test
    public void devicesGoOnWithNoAmdDriverInChargeAndCallsWait() throws Exception {
        heldOpen(Vendor.AMDVI);
    }

    private void heldOpen(Vendor vendor) throws Exception {
        lab.configureCore(Map.of("step.millis", ADOPT_MILLIS));
        LabMachine machine = lab.machine(vendor);
        Script.set(this::holdAdopt);
        try (Traffic traffic = machine.traffic()) {
            CompletableFuture<SwapReport> swap = CompletableFuture.supplyAsync(
                    () -> lab.swap(vendor, Jars.scriptedDriver(vendor, "1.2.0")));
            assertTrue("the successor was asked to adopt", left.await(30, TimeUnit.SECONDS));

            Tally tally = traffic.tally();
            Waits.until("all callers wait", () -> tally.entered() - tally.returned() == 2);
            long returned = tally.returned();
            long right = tally.right();
            long misses = machine.iotlbMisses();
            Waits.until(TRANSACTIONS + " transactions and " + MISSES + " IOTLB misses without a driver", () ->
                    tally.right() - right >= TRANSACTIONS && machine.iotlbMisses() - misses >= MISSES);

            assertEquals(UnitState.HANDOVER, machine.unit().state());
            assertEquals("driver in charge", "", machine.unit().driver());
            assertFalse("the swap has ended", swap.isDone());
            assertEquals("calls that returned in the window", returned, tally.returned());
            proceed.countDown();

            SwapReport report = swap.get(30, TimeUnit.SECONDS);
            assertTrue(report.toString(), report.to().endsWith(" 1.2.0"));
            assertTrue(report.toString(), report.callWaitMaxNanos() > 0);
            Waits.until("the calls that waited return", () -> tally.returned() >= returned + 2);
            assertEquals(UnitState.DRIVEN, machine.unit().state());
            traffic.end();
            assertUnharmed(tally);
        }
    }

    private Object holdAdopt(String step, Object about) {
        if (step.equals("adopt")) {
            left.countDown();
            try {
                if (!proceed.await(ADOPT_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IommuException(Reason.TIMEOUT, "the test holds the window for too long");
                }
            } catch (InterruptedException e) {
                throw new IommuException(Reason.TIMEOUT, "interrupted in the window", e);
            }
        }
        return about;
    }
}
