package org.iommu4j.system.rig;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Protection;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.SwapReport;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.core.handover.Bounds;
import org.iommu4j.core.machine.Boards;
import org.iommu4j.core.machine.Settings;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.machine.IommuModel;
import org.iommu4j.hwsim.machine.IommuModels;
import org.iommu4j.hwsim.machine.SimulatedMachine;
import org.iommu4j.replay.dma.DmaChannel;
import org.osgi.framework.Version;

/** One simulated machine that is powered on, with core and a driver in charge. Any thread. */
public final class Rig implements AutoCloseable {
    /** How long anything may take before a test fails. */
    public static final long BOUND_NANOS = 20_000_000_000L;
    /** Readable and writable. */
    public static final int RW = Protection.READ | Protection.WRITE;

    /** What stands for a jar: the contents do not matter here. */
    static final Path JAR = Path.of("pom.xml");

    private final SimulatedMachine machine;
    private final Boards boards;
    private final PlainServices services = new PlainServices();
    private final AtomicLong ids = new AtomicLong();
    private final String architecture;
    private volatile IommuModel model;

    /** Returns when the driver is in charge of the machine's unit. */
    public Rig(MachineDefinition definition, IommuDriver driver) {
        architecture = definition.units().get(0).model();
        machine = new SimulatedMachine(definition, IommuModels.all().watchedBy(built -> model = built));
        boards = new Boards(new Settings(Bounds.ofMillis(10_000, 10_000, 10_000, 30_000, 60_000, 10_000),
                Optional.empty()), services);
        boards.add(machine);
        add(driver);
        services.await(DomainOps.class);
    }

    /** A driver comes. @return its id */
    public long add(IommuDriver driver) {
        long id = ids.incrementAndGet();
        add(id, driver);
        return id;
    }

    private void add(long id, IommuDriver driver) {
        boards.add(new Candidate(driver, architecture, "driver-" + id, new Version(1, 0, 0), id, id, 0));
    }

    /** A driver goes; returns when its unit is left. The first driver has id 1. */
    public void remove(long id) {
        boards.removeDriver(id);
    }

    /** The driver in charge goes, and another one comes, as when a bundle is updated; returns when it is in charge. */
    public void update(IommuDriver successor) {
        remove(Long.parseLong(unit().driver().replaceFirst("driver-(\\d+) .*", "$1")));
        add(successor);
        awaitState(UnitState.DRIVEN);
    }

    /** Swaps the driver in charge side by side, as a swap of bundles does. */
    public SwapReport swap(Supplier<IommuDriver> successor) {
        PlainBundles bundles = new PlainBundles(ids, id -> add(id, successor.get()), this::remove);
        return boards.swaps(bundles).swap(unit().driver().split(" ")[0], JAR);
    }

    public SimulatedMachine machine() {
        return machine;
    }

    public IommuModel model() {
        return model;
    }

    public IommuOps iommu() {
        return services.await(IommuOps.class);
    }

    public DomainOps domains() {
        return services.await(DomainOps.class);
    }

    public DmaOps dma() {
        return services.await(DmaOps.class);
    }

    public MachineMemory frames() {
        return services.await(MachineMemory.class);
    }

    public PhysicalMemory memory() {
        return frames().memory();
    }

    /** Bytes of the machine's pool that the unit's driver holds for tables and queues. */
    public long driverBytes() {
        return boards.all().get(0).units().seats().get(0).frames().held();
    }

    public UnitStatus status() {
        return boards.status();
    }

    /** The machine's only unit. */
    public UnitReport unit() {
        return status().units().get(0);
    }

    public void awaitState(UnitState state) {
        Condition.await("the unit is " + state, () -> unit().state() == state);
    }

    /** A counter of the unit, for example {@code iotlb.misses}. */
    public long counter(String name) {
        return machine.counters().get(unit().name() + "." + name);
    }

    public IommuGroup group(String address) {
        return iommu().device(PciAddress.parse(address)).group();
    }

    public DmaChannel channel(String address, int channel) {
        return new DmaChannel(iommu().device(PciAddress.parse(address)), channel);
    }

    public Dma dma(String address, int channel) {
        return new Dma(iommu().device(PciAddress.parse(address)), channel);
    }

    /** Bytes of the smallest page that domains have. */
    public long page() {
        return Long.lowestOneBit(group("0000:01:00.0").defaultDomain().pageSizes());
    }

    /** A new domain in which one page is mapped, readable and writable; the page's first word holds a tag. */
    public Domain domainWith(IommuGroup group, long iova, long pa, long tag) {
        Domain domain = iommu().allocate(group);
        memory().storeRelease64(pa, tag);
        domains().map(domain, iova, pa, page(), RW);
        return domain;
    }

    @Override
    public void close() {
        machine.preempt(null);
        boards.close();
    }
}
