package org.iommu4j.core.fake;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DeviceScope;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.ReservedScope;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.driver.UnitCapabilities;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.status.WalkStep;

/** A driver that keeps its tables in a {@link FakeMachine}, and runs a hook before each step: to fail, or to wait. */
public final class FakeDriver implements IommuDriver {
    /** Every requester of segment 0; unit 1, if there is one, serves nobody. */
    public int unitCount = 1;
    public final List<ReservedScope> reserved = new ArrayList<>();
    /** What was called, for example {@code adopt dmar0}. */
    public final Collection<String> calls = new ConcurrentLinkedQueue<>();
    /** The units that it has made. */
    public final List<FakeUnit> units = new CopyOnWriteArrayList<>();
    /** If set, domains keep no pages and allocate nothing. */
    public boolean weightless;
    private volatile boolean remaps = true;
    private Consumer<FakeUnit> whenMade = unit -> { };
    private final Map<String, Runnable> hooks = new ConcurrentHashMap<>();

    /** Runs before each call of that name, for example {@code adopt dmar0} or {@code map}. */
    public FakeDriver before(String call, Runnable hook) {
        hooks.put(call, hook);
        return this;
    }

    /** Runs on each unit as soon as it is made. */
    public void whenMade(Consumer<FakeUnit> then) {
        whenMade = then;
    }

    /** Undoes {@link #before}. */
    public void obey(String call) {
        hooks.remove(call);
    }

    /** A region for all devices. */
    public FakeDriver reserve(long start, long last, ReservedRegion.Kind kind) {
        List<DeviceScope> scopes = FakeMachine.ADDRESSES.stream().map(PciAddress::parse)
                .map(a -> DeviceScope.function(a.segment(), a.bus(), List.of(a.rid() & 255))).toList();
        reserved.add(new ReservedScope(new ReservedRegion(start, last, kind), scopes));
        return this;
    }

    /** Its units let every interrupt message pass. */
    public FakeDriver withoutRemapping() {
        remaps = false;
        return this;
    }

    void call(String name) {
        calls.add(name);
        Runnable hook = hooks.get(name);
        if (hook != null) {
            hook.run();
        }
    }

    @Override
    public Probe probe(Machine machine) {
        call("probe");
        List<UnitDescription> found = new ArrayList<>();
        for (int i = 0; i < unitCount; i++) {
            List<DeviceScope> scopes = i == 0 ? List.of(DeviceScope.segment(0)) : List.of();
            found.add(new UnitDescription("dmar" + i, 0xFED9_0000L + i * 0x1000L, scopes));
        }
        return new Probe(found, reserved, List.of());
    }

    @Override
    public DriverUnit attach(Unit unit) {
        call("attach " + unit.description().name());
        return made(new FakeUnit(unit, Set.of()));
    }

    @Override
    public DriverUnit adopt(Unit unit, HandoverRecord record) {
        call("adopt " + unit.description().name());
        if (!record.schema().equals("fake")) {
            throw IommuException.of(Reason.BAD_INPUT, "schema %s is not mine", record.schema());
        }
        Set<Long> ids = new HashSet<>();
        for (long id : record.tags().get("domains")) {
            ids.add(id);
        }
        return made(new FakeUnit(unit, ids));
    }

    private FakeUnit made(FakeUnit unit) {
        units.add(unit);
        whenMade.accept(unit);
        return unit;
    }

    /** One unit in charge. */
    public final class FakeUnit implements DriverUnit {
        public final Unit ports;
        private final FakeMachine machine;
        private final Set<Long> known;

        FakeUnit(Unit ports, Set<Long> known) {
            this.ports = ports;
            this.machine = (FakeMachine) ports.machine();
            this.known = ConcurrentHashMap.newKeySet();
            this.known.addAll(known);
        }

        @Override
        public UnitCapabilities capabilities() {
            return new UnitCapabilities(39, 46, 1 << 12, 256, remaps, "fake");
        }

        @Override
        public DriverDomain blocked() {
            return new FakeDomain(FakeDriver.this, machine, "blocked", 0);
        }

        @Override
        public DriverDomain identity() {
            call("identity");
            return new FakeDomain(FakeDriver.this, machine, "identity", 0);
        }

        @Override
        public DriverDomain allocate(long id, Set<DomainFlag> flags) {
            call("allocate");
            if (!flags.isEmpty()) {
                call("allocate with " + flags);
            }
            machine.tables.put(id, new ConcurrentHashMap<>());
            known.add(id);
            if (weightless) {
                return new WeightlessDomain(id);
            }
            return new FakeDomain(FakeDriver.this, machine, "domain " + id, id);
        }

        @Override
        public DriverDomain domain(long id) {
            call("domain " + id);
            if (!known.contains(id)) {
                throw IommuException.of(Reason.NO_DEVICE, "no domain %d", id);
            }
            return new FakeDomain(FakeDriver.this, machine, "domain " + id, id);
        }

        @Override
        public AttachMethod attach(int requester, DriverDomain domain) {
            FakeDomain mine = (FakeDomain) domain;
            call("attach " + requester + " to " + mine.name);
            call("attach " + requester);
            String former = machine.contexts.put(requester, mine.name);
            return former == null || former.equals("blocked") ? AttachMethod.FRESH : AttachMethod.ENTRY_UPDATE;
        }

        @Override
        public void dirtyTracking(DriverDomain domain, boolean on) {
            call("tracking " + on + " on " + ports.description().name());
        }

        @Override
        public List<WalkStep> walk(int requester, long iova) {
            return List.of(new WalkStep("context entry", requester, List.of(0L), List.of()));
        }

        @Override
        public List<String> queueCounts() {
            return List.of("wait=1");
        }

        @Override
        public HandoverRecord leave() {
            call("leave " + ports.description().name());
            return new HandoverRecord("fake", 1,
                    Map.of("domains", known.stream().mapToLong(Long::longValue).toArray()), Set.of());
        }

        @Override
        public void stop() {
            call("stop " + ports.description().name());
            machine.contexts.clear();
        }
    }
}
