package org.iommu4j.core.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InterruptsTest {
    private final Bench bench = new Bench();
    private final FakeDriver driver = new FakeDriver();
    private Candidate candidate;

    @BeforeEach
    void start() {
        candidate = bench.bind(driver, "1.0.0");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Unit ports() {
        return driver.units.get(0).ports;
    }

    private static boolean within(Semaphore runs) throws InterruptedException {
        return runs.tryAcquire(20, TimeUnit.SECONDS);
    }

    @Test
    void aHandlerNeverRunsTwiceAtOnceAndArrivalsDuringARunLeadToOneMore() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicBoolean twice = new AtomicBoolean();
        Semaphore runs = new Semaphore(0);
        Semaphore mayEnd = new Semaphore(0);
        ports().onInterrupt("fault", () -> {
            twice.compareAndSet(false, inside.incrementAndGet() > 1);
            runs.release();
            mayEnd.acquireUninterruptibly();
            inside.decrementAndGet();
        });
        int vector = ports().interrupt("fault").data();
        bench.machine.interrupts.interrupt(vector);
        assertTrue(within(runs));
        for (int i = 0; i < 1000; i++) {
            bench.machine.interrupts.interrupt(vector);
        }
        mayEnd.release(2);
        assertTrue(within(runs));
        ports().onInterrupt("fault", () -> runs.release(100));
        bench.machine.interrupts.interrupt(vector);
        assertTrue(runs.tryAcquire(100, 20, TimeUnit.SECONDS));
        assertEquals(0, runs.availablePermits());
        assertFalse(twice.get());
    }

    @Test
    void anInterruptByWireArrivesAsTheVectorOfItsName() throws InterruptedException {
        Semaphore runs = new Semaphore(0);
        ports().onInterrupt("event", runs::release);
        ports().wire("event", 106);
        assertEquals(ports().interrupt("event").data(), bench.machine.wires.get(106));
        bench.machine.interrupts.interrupt(bench.machine.wires.get(106));
        assertTrue(within(runs));
    }

    @Test
    void theVectorOfANameIsTheSameForEveryDriver() {
        int vector = ports().interrupt("fault").data();
        int other = ports().interrupt("wait").data();
        bench.unbind(candidate);
        FakeDriver next = new FakeDriver();
        bench.bind(next, "1.0.0");
        assertEquals(vector, next.units.get(0).ports.interrupt("fault").data());
        assertEquals(other, next.units.get(0).ports.interrupt("wait").data());
    }

    @Test
    void aFifthNameOnFourVectorsIsRefused() {
        for (int i = 0; i < 4; i++) {
            ports().interrupt("line " + i);
        }
        IommuException e = assertThrows(IommuException.class, () -> ports().interrupt("line 4"));
        assertEquals(Reason.NO_SPACE, e.reason());
    }

    @Test
    void whatArrivesWhileNoDriverIsInChargeIsDeliveredToTheNextOne() throws InterruptedException {
        int vector = ports().interrupt("fault").data();
        bench.unbind(candidate);
        bench.machine.interrupts.interrupt(vector);
        Semaphore runs = new Semaphore(0);
        FakeDriver next = new FakeDriver();
        next.whenMade(unit -> unit.ports.onInterrupt("fault", runs::release));
        bench.bind(next, "1.0.0");
        assertTrue(within(runs));
    }

    @Test
    void aHandlerThatThrowsIsReportedAndRunsAgain() throws InterruptedException {
        Semaphore runs = new Semaphore(0);
        ports().onInterrupt("fault", () -> {
            runs.release();
            throw new IllegalStateException("no");
        });
        int vector = ports().interrupt("fault").data();
        bench.machine.interrupts.interrupt(vector);
        assertTrue(within(runs));
        bench.machine.interrupts.interrupt(vector);
        assertTrue(within(runs));
        assertTrue(bench.board.units().gate().close(TimeUnit.SECONDS.toNanos(20)));
        assertTrue(bench.seat().why().sentences().toString().contains("IllegalStateException: no"));
        bench.board.units().open();
    }

    @Test
    void aDriverThatHasLeftFindsItsPortsClosed() {
        Unit ports = ports();
        bench.unbind(candidate);
        assertEquals(Reason.DRIVER_GONE, assertThrows(IommuException.class, ports::memory).reason());
        assertEquals(Reason.DRIVER_GONE,
                assertThrows(IommuException.class, () -> ports.onInterrupt("fault", () -> { })).reason());
    }

    @Test
    void vectorsWithoutAHandlerAreCounted() {
        bench.machine.interrupts.interrupt(99);
        assertEquals(1, bench.board.units().interrupts().dropped());
    }
}
