package org.iommu4j.core.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Protection;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.core.fake.Bench;
import org.iommu4j.core.fake.FakeDriver;
import org.iommu4j.core.fake.FakeMachine;
import org.iommu4j.core.unit.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

/** On real life-cycle threads, without a framework. */
class BoardsTest {
    private final Registry registry = new Registry();
    private final Boards boards = new Boards(new Settings(Bench.SHORT, Optional.empty()), registry);
    private final FakeMachine machine = new FakeMachine("m");
    private final FakeDriver driver = new FakeDriver();

    /** Tells of each service that comes or goes. */
    private static final class Registry implements Services {
        final BlockingQueue<String> events = new LinkedBlockingQueue<>();
        final List<Object> services = new CopyOnWriteArrayList<>();

        @Override
        public <T> Runnable register(Class<T> type, T service, Map<String, Object> properties) {
            String what = type.getSimpleName() + properties.getOrDefault(Device.RID, "");
            services.add(service);
            events.add("+" + what);
            return () -> {
                services.remove(service);
                events.add("-" + what);
            };
        }

        void expect(String... expected) throws InterruptedException {
            for (String event : expected) {
                assertEquals(event, events.poll(20, TimeUnit.SECONDS));
            }
        }

        <T> T get(Class<T> type) {
            return services.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
        }
    }

    private static Candidate candidate(FakeDriver driver, long service) {
        return new Candidate(driver, "fake", "fake.driver", new Version(1, 0, 0), service, service, 0);
    }

    @AfterEach
    void close() {
        boards.close();
    }

    private void expectServices() throws InterruptedException {
        registry.expect("+MachineMemory", "+IommuOps", "+DomainOps", "+DmaOps",
                "+Device0000:00:05.0", "+Device0000:00:05.1", "+Device0000:00:06.0");
    }

    @Test
    void servicesComeOnceAndStayAcrossDriversWhicheverCameFirst() throws InterruptedException {
        boards.add(candidate(driver, 1));
        boards.add(machine);
        expectServices();
        FakeDriver next = new FakeDriver();
        boards.add(candidate(next, 2));
        boards.removeDriver(1);
        DomainOps domains = registry.get(DomainOps.class);
        IommuOps ops = registry.get(IommuOps.class);
        domains.map(ops.allocate(ops.groups().get(0)), 0, 0, 4096, Protection.READ);
        assertTrue(next.calls.contains("adopt dmar0"));
        assertEquals(List.of(), List.copyOf(registry.events));
        assertEquals(1, boards.status().drivers().get(0).units());
    }

    @Test
    void aMachineWithoutADriverHasMemoryOnly() throws InterruptedException {
        boards.add(machine);
        registry.expect("+MachineMemory");
        assertEquals(1 << 20, registry.get(MachineMemory.class).memory().ranges().get(0).length());
        boards.add(candidate(driver, 1));
        registry.expect("+IommuOps");
    }

    @Test
    void aMachineThatGoesIsOffWhenItsUnbindReturnsAndItsServicesFollow() throws InterruptedException {
        boards.add(candidate(driver, 1));
        boards.add(machine);
        expectServices();
        boards.remove(machine);
        assertFalse(machine.on);
        assertTrue(driver.calls.contains("stop dmar0"));
        registry.expect("-MachineMemory", "-IommuOps", "-DomainOps", "-DmaOps",
                "-Device0000:00:05.0", "-Device0000:00:05.1", "-Device0000:00:06.0");
        assertEquals(List.of(), boards.status().machines());
    }

    @Test
    void aSecondMachineOfTheSameNameFollowsWhenTheFirstHasGone() throws InterruptedException {
        FakeMachine second = new FakeMachine("m");
        boards.add(machine);
        registry.expect("+MachineMemory");
        boards.add(second);
        boards.remove(machine);
        registry.expect("-MachineMemory", "+MachineMemory");
        assertTrue(second.on);
    }

    @Test
    void closingTurnsEverythingOff() throws InterruptedException {
        boards.add(candidate(driver, 1));
        boards.add(machine);
        expectServices();
        boards.close();
        assertFalse(machine.on);
        assertTrue(machine.functions.stream().noneMatch(function -> function.dma));
        assertEquals(List.of(), registry.services);
        assertTrue(Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .noneMatch(name -> name.equals("iommu4j life of m")));
    }

    @Test
    void statusTellsWhoIsInChargeAndWhy() throws InterruptedException {
        FakeDriver broken = new FakeDriver().before("attach dmar0", () -> {
            throw new IllegalStateException("no such bit");
        });
        boards.add(new Candidate(broken, "fake", "broken.driver", new Version(2, 0, 0), 7, 7, 0));
        boards.add(candidate(driver, 1));
        boards.add(machine);
        expectServices();
        UnitReport unit = boards.status().units().get(0);
        assertEquals(UnitState.DRIVEN, unit.state());
        assertEquals("fake.driver 1.0.0", unit.driver());
        assertEquals("fake", unit.capabilities());
        assertEquals(2, unit.domains());
        assertEquals(3, unit.devices());
        assertEquals(List.of("wait=1"), unit.queue());
        assertTrue(unit.why().get(0).startsWith("broken.driver 2.0.0 could not start it: "), unit.why().get(0));
        assertTrue(unit.why().get(0).contains("no such bit"));
        driver.units.get(0).ports.faults().fault(0x28, -1, 0x1000, Protection.READ, 6, "read not allowed");
        assertEquals(1, boards.status().units().get(0).faults());
        assertEquals(PciAddress.parse("0000:00:05.0"), boards.status().faults("m").get(0).source());
        assertEquals("context entry",
                boards.status().walk("m", PciAddress.parse("0000:00:05.0"), 0).get(0).name());
        assertEquals(4, boards.status().domains().size());
        assertEquals(List.of("m"), boards.status().machines());
    }
}
