package org.iommu4j.core.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Gather;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(20);
    private static final int ROUNDS = 300 * Integer.getInteger("iommu4j.scale", 1);

    private final Gate gate = new Gate("m", LONG);

    @Test
    void nobodyIsInsideWhileItIsClosedAndEverythingDoneInsideIsSeen() throws InterruptedException {
        long[] perThread = new long[4 * 16];
        AtomicReference<String> wrong = new AtomicReference<>();
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean retired = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        gate.open();
        for (int t = 0; t < 4; t++) {
            int mine = t * 16;
            callers.add(new Thread(() -> {
                while (!stop.get()) {
                    GateCell cell = gate.enter();
                    // Plain and opaque accesses: only the gate orders them with the closer's.
                    for (int i = 0; i < 200; i++) {
                        perThread[mine]++;
                        if (retired.getOpaque()) {
                            wrong.set("a caller met the retired state");
                        }
                    }
                    gate.exit(cell);
                }
            }));
        }
        callers.forEach(Thread::start);
        for (int round = 0; round < ROUNDS; round++) {
            assertTrue(gate.close(LONG));
            retired.setOpaque(true);
            long[] before = perThread.clone();
            LockSupport.parkNanos(1);
            for (int t = 0; t < 4; t++) {
                assertEquals(before[t * 16], perThread[t * 16], "a call went on behind the closed gate");
            }
            retired.setOpaque(false);
            gate.open();
        }
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertNull(wrong.get());
    }

    @Test
    void itStartsClosed() {
        assertFalse(gate.isOpen());
        assertNull(gate.tryEnter());
    }

    @Test
    void closingGivesUpAtItsBoundAndStaysClosed() {
        gate.open();
        GateCell cell = gate.enter();
        assertFalse(gate.close(TimeUnit.MILLISECONDS.toNanos(20)));
        assertFalse(gate.isOpen());
        assertEquals(1, gate.inside());
        gate.exit(cell);
        assertTrue(gate.close(LONG));
        assertEquals(0, gate.inside());
    }

    @Test
    void aCallerThatComesWhileItIsClosedWaitsAndTheWaitIsMeasured() throws InterruptedException {
        gate.open();
        assertTrue(gate.close(LONG));
        CountDownLatch entered = new CountDownLatch(1);
        Thread caller = new Thread(() -> {
            gate.exit(gate.enter());
            entered.countDown();
        });
        caller.start();
        while (caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertEquals(1, entered.getCount());
        gate.open();
        assertTrue(gate.longestWaitNanos() > 0, "known at once, before the caller has woken up");
        assertTrue(entered.await(20, TimeUnit.SECONDS));
        caller.join();
    }

    @Test
    void aCallersPatienceEnds() {
        Gate impatient = new Gate("m", 1000);
        IommuException e = assertThrows(IommuException.class, impatient::enter);
        assertEquals(Reason.DRIVER_GONE, e.reason());
        assertEquals(0, impatient.inside());
    }

    @Test
    void whoWaitsIsToldWhyItFailed() throws InterruptedException {
        AtomicReference<IommuException> thrown = new AtomicReference<>();
        Thread caller = new Thread(() -> thrown.set(assertThrows(IommuException.class, gate::enter)));
        caller.start();
        while (caller.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        gate.fail("nobody came");
        caller.join();
        assertEquals("machine m: nobody came", thrown.get().getMessage());
        gate.open();
        gate.exit(gate.enter());
    }

    @Test
    void aThreadKeepsItsGatherAndNoTwoLivingThreadsShareOne() throws InterruptedException {
        gate.open();
        GateCell mine = gate.enter();
        gate.exit(mine);
        assertSame(mine.gather(), gate.enter().gather());
        gate.exit(mine);
        Set<Gather> gathers = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(200);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            threads.add(new Thread(() -> {
                GateCell cell = gate.enter();
                gathers.add(cell.gather());
                gate.exit(cell);
                all.countDown();
                try {
                    all.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(200, gathers.size());
        assertFalse(gathers.contains(mine.gather()));
    }

    @Test
    void cellsOfDeadThreadsAreUsedAgain() throws InterruptedException {
        gate.open();
        Set<Gather> gathers = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 500; i++) {
            Thread thread = new Thread(() -> {
                GateCell cell = gate.enter();
                gathers.add(cell.gather());
                gate.exit(cell);
            });
            thread.start();
            thread.join();
        }
        assertTrue(gathers.size() < 100, gathers.size() + " gathers for 500 threads that lived one after the other");
    }

    @Test
    void forgettingZeroesCursors() {
        gate.open();
        GateCell cell = gate.enter();
        cell.gather().cursor()[5] = 7;
        cell.gather().add(0, 4095, 12);
        gate.exit(cell);
        gate.close(LONG);
        gate.forgetGathers();
        assertEquals(0, cell.gather().cursor()[5]);
        assertTrue(cell.gather().isEmpty());
        assertNotNull(cell.get());
        assertNotSame(cell, new Gate("other", LONG).tryEnter());
    }
}
