package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.exam.dma.Tally;
import org.iommu4j.exam.dma.Traffic;
import org.iommu4j.exam.lab.Lab;
import org.iommu4j.exam.lab.LabMachine;
import org.iommu4j.exam.lab.Traces;
import org.iommu4j.exam.lab.Waits;
import org.iommu4j.exam.made.Jars;
import org.iommu4j.exam.made.Script;
import org.junit.Test;
import org.osgi.framework.Bundle;

/** Successors that cannot take over: one clear error, and everything is as it was. */
public class RefusalIT extends RunningSystem {
    private static final Map<String, Long> SHORT = Map.of("step.millis", 700L, "bind.millis", 700L);
    private static final String UNKNOWN = "tag.of.tomorrow";

    @Test
    public void aJarThatIsNoDriverLeavesThePredecessorInCharge() {
        lab.configureCore(SHORT);
        LabMachine machine = lab.machine("duo", "duo");
        try (Traffic traffic = machine.traffic()) {
            refused(machine, traffic, DRIVER.resolveSibling("absent.jar"), Reason.BAD_INPUT, "no readable file");
            refused(machine, traffic, DRIVER.getParent(), Reason.BAD_INPUT, "no readable file");
            refused(machine, traffic, Jars.noJar(), Reason.BAD_INPUT, "install: ", "no bundle");
            refused(machine, traffic, Jars.plainJar(), Reason.BAD_INPUT, "install: ", "no bundle");
            refused(machine, traffic, Jars.unresolvable(), Reason.BAD_INPUT, "start: ", "org.iommu4j.nowhere");
            refused(machine, traffic, Jars.emptyBundle(), Reason.BAD_INPUT, "start: ", "no IOMMU driver");
            refused(machine, traffic, Jars.scriptedDriver(DRIVER, "1.9.0", "smmuv3"), Reason.BAD_INPUT, "start: ",
                    "drives smmuv3");
            assertUnharmed(traffic.tally());
        }
    }

    @Test
    public void aDriverThatFailsLeavesThePredecessorInCharge() {
        lab.configureCore(SHORT);
        LabMachine machine = lab.machine("duo", "duo");
        Path jar = Jars.scriptedDriver(DRIVER, "1.3.0", "vtd");
        CountDownLatch never = new CountDownLatch(1);
        try (Traffic traffic = machine.traffic()) {
            Script.set(at("activate", about -> {
                throw new IllegalStateException("no constructor today");
            }));
            refused(machine, traffic, jar, Reason.BAD_INPUT, "no IOMMU driver");
            Script.set(at("probe", about -> {
                throw new IllegalStateException("no probe today");
            }));
            refused(machine, traffic, jar, Reason.IO, "probe duo", "no probe today");
            Script.set(at("adopt", about -> {
                throw new NoClassDefFoundError("org/iommu4j/Tomorrow");
            }));
            refused(machine, traffic, jar, Reason.IO, "adopt dmar0", "org/iommu4j/Tomorrow");
            Script.set(at("adopt", about -> {
                throw new IommuException(Reason.NOT_SUPPORTED, "dmar0 is too old\nfor me");
            }));
            refused(machine, traffic, jar, Reason.NOT_SUPPORTED, "adopt", "too old");
            Script.set(at("adopted", about -> null));
            refused(machine, traffic, jar, Reason.IO, "adopt dmar0", "no unit");
            Script.set(at("probe", about -> hang(never)));
            refused(machine, traffic, jar, Reason.TIMEOUT, "probe duo", "700 ms");
            Script.set(at("adopt", about -> hang(never)));
            refused(machine, traffic, jar, Reason.TIMEOUT, "adopt dmar0", "700 ms");
            assertUnharmed(traffic.tally());
        } finally {
            never.countDown();
        }
    }

    @Test
    public void aRecordOfTomorrowIsRefusedWholeAndItsWriterTakesItBack() {
        LabMachine machine = lab.machine("duo", "duo");
        try (Traffic traffic = machine.traffic()) {
            Script.set(RefusalIT::tomorrow);
            lab.swap(Jars.scriptedDriver(DRIVER, "2.0.0", "vtd"));
            refused(machine, traffic, DRIVER, Reason.BAD_INPUT, "adopt", UNKNOWN);
            refused(machine, traffic, NEXT, Reason.BAD_INPUT, "adopt", UNKNOWN);
            assertUnharmed(traffic.tally());
        }
    }

    @Test
    public void aPredecessorThatFailsToLeaveStaysInCharge() {
        lab.configureCore(SHORT);
        LabMachine machine = lab.machine("duo", "duo");
        lab.swap(Jars.scriptedDriver(DRIVER, "1.4.0", "vtd"));
        try (Traffic traffic = machine.traffic()) {
            Script.set(at("leave", about -> {
                throw new IllegalStateException("no leave today");
            }));
            refused(machine, traffic, NEXT, Reason.IO, "leave", "no leave today");
            Script.clear();
            lab.swap(NEXT);
            assertUnharmed(traffic.tally());
        }
    }

    /** What it has done to the unit nobody knows: it fails closed, until a driver starts it anew. */
    @Test
    public void aPredecessorThatHangsInLeaveHasItsUnitBlocked() throws Exception {
        lab.configureCore(SHORT);
        LabMachine machine = lab.machine("duo", "duo");
        lab.swap(Jars.scriptedDriver(DRIVER, "1.4.0", "vtd"));
        CountDownLatch never = new CountDownLatch(1);
        Traffic traffic = machine.patientTraffic();
        try {
            Script.set(at("leave", about -> hang(never)));
            IommuException error = assertThrows(IommuException.class, () -> lab.swap(NEXT));
            assertEquals(error.toString(), Reason.TIMEOUT, error.reason());
            Waits.until("calls fail", () -> traffic.tally().refused() > 0);
            assertEquals(UnitState.BLOCKED, machine.unit().state());
            long translations = machine.translations();
            long refused = traffic.tally().refused();
            Waits.until("calls fail on", () -> traffic.tally().refused() > refused + 2);
            assertEquals("DMA of a blocked unit", translations, machine.translations());
        } finally {
            never.countDown();
            traffic.abandon();
        }
        assertEquals(0, traffic.tally().lost() + traffic.tally().wrong());
        lab.bundle(Lab.DRIVER).uninstall();
        lab.start(NEXT);
        machine.awaitDriven();
    }

    @Test
    public void aDriverThatCannotStartAUnitLeavesItForTheNext() throws Exception {
        lab.bundle(Lab.DRIVER).uninstall();
        Script.set(at("attach", about -> {
            throw new IllegalStateException("no attach today");
        }));
        Bundle failing = lab.start(Jars.scriptedDriver(DRIVER, "9.0.0", "vtd"));
        LabMachine machine = lab.begin("duo", "duo");
        Waits.until("the driver was tried", () -> machine.is(UnitState.BLOCKED));
        String why = String.join("; ", machine.unit().why());
        assertTrue(why, why.contains("no attach today"));

        lab.start(DRIVER);
        machine.awaitDriven();
        failing.uninstall();
        try (Traffic traffic = machine.traffic()) {
            Waits.until("calls and DMA", () -> traffic.tally().returned() > 0 && traffic.tally().right() > 0);
            traffic.end();
            assertUnharmed(traffic.tally());
        }
    }

    private void refused(LabMachine machine, Traffic traffic, Path jar, Reason reason, String... words) {
        Set<Bundle> bundles = bundles();
        Set<String> threads = Traces.threads();
        String driver = machine.unit().driver();

        IommuException error = assertThrows(jar.toString(), IommuException.class, () -> lab.swap(jar));

        String message = error.toString();
        assertEquals(message, reason, error.reason());
        for (String word : words) {
            assertTrue(message + ": no word of " + word, message.contains(word));
        }
        assertFalse(message + ": more than one line", message.contains("\n"));
        UnitReport unit = machine.unit();
        assertEquals(message, UnitState.DRIVEN, unit.state());
        assertEquals(message, driver, unit.driver());
        assertEquals(message, bundles, bundles());
        Tally tally = traffic.tally();
        long returned = tally.returned();
        long right = tally.right();
        Waits.until("calls and DMA go on after " + message, () ->
                tally.returned() > returned + 2 && tally.right() > right);
        Waits.until("no thread is left of " + message, () -> threads.containsAll(Traces.threads()));
    }

    private Set<Bundle> bundles() {
        return new HashSet<>(Arrays.asList(lab.context().getBundles()));
    }

    private static BiFunction<String, Object, Object> at(String wanted, UnaryOperator<Object> then) {
        return (step, about) -> step.equals(wanted) ? then.apply(about) : about;
    }

    private static Object hang(CountDownLatch never) {
        try {
            never.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("given up", e);
        }
        return null;
    }

    /** Leaves a tag that is required and new, and knows it when it comes back. */
    private static Object tomorrow(String step, Object about) {
        if (step.equals("left")) {
            HandoverRecord record = (HandoverRecord) about;
            Map<String, long[]> tags = new TreeMap<>(record.tags());
            tags.put(UNKNOWN, new long[] {1});
            return new HandoverRecord(record.schema(), record.version() + 1, tags, record.optional());
        }
        if (step.equals("adopt") && ((HandoverRecord) about).tags().containsKey(UNKNOWN)) {
            HandoverRecord record = (HandoverRecord) about;
            Map<String, long[]> tags = new TreeMap<>(record.tags());
            tags.remove(UNKNOWN);
            return new HandoverRecord(record.schema(), record.version() - 1, tags, record.optional());
        }
        return about;
    }
}
