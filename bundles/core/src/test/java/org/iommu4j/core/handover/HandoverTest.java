package org.iommu4j.core.handover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.iommu4j.core.unit.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandoverTest {
    private static final int RW = Protection.READ | Protection.WRITE;

    private final Bench bench = new Bench();
    private final FakeDriver one = new FakeDriver();
    private final FakeDriver two = new FakeDriver();

    @AfterEach
    void close() {
        bench.close();
    }

    private static void failing() {
        throw new IllegalStateException("broken");
    }

    private Domain mapped() {
        Domain domain = bench.ops().allocate(bench.group(0));
        bench.domains().map(domain, 0x1000, 0x8000, 0x1000, RW);
        bench.ops().attach(bench.group(0), domain);
        return domain;
    }

    @Test
    void theFirstDriverStartsTheUnitAndEveryGroupIsInAnEmptyDefaultDomain() {
        bench.bind(one, "1.0.0");
        assertEquals(UnitState.DRIVEN, bench.seat().state());
        assertEquals(2, bench.ops().groups().size());
        assertEquals(2, bench.group(0).devices().size());
        assertEquals("domain " + bench.group(0).defaultDomain().id(), bench.machine.contexts.get(0x28));
        assertEquals("domain " + bench.group(0).defaultDomain().id(), bench.machine.contexts.get(0x29));
    }

    @Test
    void aBetterDriverThatAppearsTakesOverWithAllMappings() {
        bench.bind(one, "1.0.0");
        Domain domain = mapped();
        Candidate better = bench.bind(two, "1.1.0");
        assertSame(better, bench.inCharge());
        assertEquals(0x8123, bench.domains().translate(domain, 0x1123));
        bench.domains().map(domain, 0x2000, 0x9000, 0x1000, RW);
        assertEquals(1, two.calls.stream().filter(("domain " + domain.id())::equals).count());
        assertTrue(one.calls.contains("leave dmar0"));
    }

    @Test
    void aWorseDriverThatAppearsStaysIdle() {
        Candidate good = bench.bind(one, "2.0.0");
        bench.bind(two, "1.0.0");
        assertSame(good, bench.inCharge());
        assertTrue(two.calls.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"probe", "adopt dmar0"})
    void aSuccessorThatThrowsLeavesItsPredecessorInCharge(String step) {
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        two.before(step, HandoverTest::failing);
        Candidate bad = bench.candidate(two, "1.1.0");
        IommuException e = assertThrows(IommuException.class, () -> bench.board.handover().exchange(bad));
        assertTrue(e.getMessage().contains(step), e.getMessage());
        assertTrue(e.getMessage().contains("broken"), e.getMessage());
        assertNull(e.getCause());
        assertEquals(old, bench.inCharge());
        assertEquals(UnitState.DRIVEN, bench.seat().state());
        assertEquals(0x8000, bench.domains().translate(domain, 0x1000));
        assertTrue(bench.dma());
    }

    @Test
    void aSuccessorThatHangsInAdoptLeavesItsPredecessorInCharge() {
        Candidate old = bench.bind(one, "1.0.0");
        CountDownLatch never = new CountDownLatch(1);
        two.before("adopt dmar0", () -> waitFor(never));
        IommuException e = assertThrows(IommuException.class,
                () -> bench.board.handover().exchange(bench.candidate(two, "1.1.0")));
        assertEquals(Reason.TIMEOUT, e.reason());
        assertEquals(old, bench.inCharge());
        never.countDown();
    }

    @Test
    void aSuccessorThatFindsOtherUnitsIsRefused() {
        Candidate old = bench.bind(one, "1.0.0");
        two.unitCount = 2;
        IommuException e = assertThrows(IommuException.class,
                () -> bench.board.handover().exchange(bench.candidate(two, "1.1.0")));
        assertEquals(Reason.BAD_INPUT, e.reason());
        assertEquals(old, bench.inCharge());
        assertFalse(one.calls.contains("leave dmar0"));
    }

    @Test
    void callsOnDisjointRangesLoseNothingWhileTheDriverChanges() throws InterruptedException {
        Candidate[] pair = {bench.bind(one, "1.0.0"), bench.candidate(two, "1.0.0")};
        Domain domain = bench.ops().allocate(bench.group(0));
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            long iova = 0x100_0000L * (t + 1);
            callers.add(new Thread(() -> {
                try {
                    while (!stop.get()) {
                        bench.domains().map(domain, iova, 0x8000, 0x2000, RW);
                        assertEquals(0x9000, bench.domains().translate(domain, iova + 0x1000));
                        assertEquals(0x2000, bench.domains().unmap(domain, iova, 0x2000));
                    }
                } catch (Throwable thrown) {
                    wrong.set(thrown);
                }
            }));
        }
        callers.forEach(Thread::start);
        int swaps = 50 * Integer.getInteger("iommu4j.scale", 1);
        for (int i = 1; i <= swaps; i++) {
            bench.board.handover().exchange(pair[i & 1]);
        }
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertNull(wrong.get());
        assertTrue(one.calls.contains("map") && two.calls.contains("map"));
    }

    @Test
    void stoppingIsBoundedAndFailsClosedEvenIfTheDriverHangs() {
        bench.bind(one, "1.0.0");
        CountDownLatch never = new CountDownLatch(1);
        one.before("stop dmar0", () -> waitFor(never));
        bench.board.powerOff("enough");
        assertFalse(bench.dma());
        assertFalse(bench.machine.on);
        never.countDown();
    }

    @Test
    void aPredecessorThatCannotLeaveStaysInCharge() {
        Candidate old = bench.bind(one, "1.0.0");
        one.before("leave dmar0", HandoverTest::failing);
        IommuException e = assertThrows(IommuException.class,
                () -> bench.board.handover().exchange(bench.candidate(two, "1.1.0")));
        assertTrue(e.getMessage().startsWith("leave: "), e.getMessage());
        assertEquals(old, bench.inCharge());
        assertEquals(0, two.units.size());
        mapped();
        one.obey("leave dmar0");
    }

    @Test
    void aPredecessorThatHangsInLeaveHasItsUnitBlockedAndIsNotTriedAgain() {
        bench.bind(one, "1.0.0");
        CountDownLatch never = new CountDownLatch(1);
        one.before("leave dmar0", () -> waitFor(never));
        IommuException e = assertThrows(IommuException.class,
                () -> bench.board.handover().exchange(bench.candidate(two, "1.1.0")));
        assertEquals(Reason.TIMEOUT, e.reason());
        bench.board.handover().reconsider();
        assertNull(bench.inCharge());
        assertEquals(UnitState.BLOCKED, bench.seat().state());
        assertFalse(bench.dma());
        never.countDown();
    }

    @Test
    void aFailureAtTheSecondUnitHandsTheFirstOneBack() {
        one.unitCount = 2;
        two.unitCount = 2;
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        two.before("adopt dmar1", HandoverTest::failing);
        assertThrows(IommuException.class, () -> bench.board.handover().exchange(bench.candidate(two, "1.1.0")));
        assertEquals(old, bench.inCharge());
        assertTrue(two.calls.contains("leave dmar0"));
        assertEquals(2, bench.board.units().binding().count());
        assertEquals(0x8000, bench.domains().translate(domain, 0x1000));
    }

    @Test
    void aUnitThatNeitherDriverTakesIsBlocked() {
        bench.bind(one, "1.0.0");
        one.before("adopt dmar0", HandoverTest::failing);
        two.before("adopt dmar0", HandoverTest::failing);
        assertThrows(IommuException.class, () -> bench.board.handover().exchange(bench.candidate(two, "1.1.0")));
        assertNull(bench.inCharge());
        assertEquals(UnitState.BLOCKED, bench.seat().state());
        assertFalse(bench.dma());
        IommuException e = assertThrows(IommuException.class, () -> bench.ops().allocate(bench.group(0)));
        assertEquals(Reason.DRIVER_GONE, e.reason());
    }

    @Test
    void anUpdateOfTheDriverKeepsEverything() {
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        bench.unbind(old);
        assertEquals(UnitState.ABSENT, bench.seat().state());
        assertTrue(bench.dma());
        bench.bind(two, "1.0.0");
        assertEquals(UnitState.DRIVEN, bench.seat().state());
        assertEquals(0x8000, bench.domains().translate(domain, 0x1000));
        assertSame(domain, bench.group(0).domain());
        assertFalse(two.calls.contains("attach dmar0"));
    }

    @Test
    void afterTheFirstBoundCallsFailAndAfterTheSecondDmaIsStoppedUntilADriverIsBack() {
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        bench.unbind(old);
        bench.life.passed(Bench.SHORT.absentNanos());
        IommuException e = assertThrows(IommuException.class,
                () -> bench.domains().map(domain, 0x2000, 0x9000, 0x1000, RW));
        assertEquals(Reason.DRIVER_GONE, e.reason());
        assertTrue(bench.dma());
        assertEquals(UnitState.ABSENT, bench.seat().state());
        bench.life.passed(Bench.SHORT.blockNanos());
        assertFalse(bench.dma());
        assertEquals(UnitState.BLOCKED, bench.seat().state());
        bench.bind(two, "1.0.0");
        assertTrue(bench.dma());
        assertEquals(0x8000, bench.domains().translate(domain, 0x1000));
    }

    @Test
    void aDriverThatIsBackInTimeStopsTheClock() {
        Candidate old = bench.bind(one, "1.0.0");
        bench.unbind(old);
        bench.bind(two, "1.0.0");
        bench.life.passed(Bench.SHORT.blockNanos());
        assertTrue(bench.dma());
        mapped();
    }

    @Test
    void aRecordThatIsGarbageIsRefusedAndTheNextCandidateTakesOver() {
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        bench.unbind(old);
        bench.seat().record(new HandoverRecord("other", 1, Map.of(), Set.of()));
        bench.bind(two, "2.0.0");
        assertNull(bench.inCharge());
        assertEquals(UnitState.ABSENT, bench.seat().state());
        assertTrue(bench.seat().why().sentences().toString().contains("schema other is not mine"));
        bench.seat().record(new HandoverRecord("fake", 1, Map.of("domains", new long[] {domain.id()}), Set.of()));
        Candidate third = bench.bind(new FakeDriver(), "1.0.0");
        assertEquals(third, bench.inCharge());
    }

    @Test
    void aDriverThatGoesWithoutARecordIsBlockedAndItsSuccessorStartsWithEmptyDomains() {
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        one.before("leave dmar0", HandoverTest::failing);
        bench.unbind(old);
        assertEquals(UnitState.BLOCKED, bench.seat().state());
        assertFalse(bench.dma());
        bench.bind(two, "1.0.0");
        assertEquals(UnitState.DRIVEN, bench.seat().state());
        assertTrue(bench.dma());
        assertEquals(-1, bench.domains().translate(domain, 0x1000));
        assertEquals("domain " + domain.id(), bench.machine.contexts.get(0x28));
    }

    @Test
    void aDriverThatGoesWithACallInsideItIsRevoked() throws InterruptedException {
        Candidate old = bench.bind(one, "1.0.0");
        Domain domain = mapped();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        one.before("map", () -> {
            inside.countDown();
            waitFor(free);
        });
        Thread caller = new Thread(() -> bench.domains().map(domain, 0x5000, 0x5000, 0x1000, RW));
        caller.start();
        inside.await();
        bench.unbind(old);
        assertEquals(UnitState.BLOCKED, bench.seat().state());
        assertFalse(bench.dma());
        free.countDown();
        caller.join();
        bench.bind(two, "1.0.0");
        assertEquals(UnitState.DRIVEN, bench.seat().state());
    }

    @Test
    void aDriverThatCannotStartTheUnitLeavesItToTheNextOne() {
        one.before("attach dmar0", HandoverTest::failing);
        bench.bind(one, "2.0.0");
        assertEquals(UnitState.BLOCKED, bench.seat().state());
        assertFalse(bench.dma());
        Candidate second = bench.bind(two, "1.0.0");
        assertEquals(second, bench.inCharge());
        assertTrue(bench.dma());
    }

    @Test
    void powerOffStopsDmaAndTurnsTheUnitOff() {
        bench.bind(one, "1.0.0");
        bench.board.powerOff("enough");
        assertTrue(one.calls.contains("stop dmar0"));
        assertFalse(bench.dma());
        assertFalse(bench.machine.on);
        assertEquals(UnitState.BLOCKED, bench.seat().state());
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
