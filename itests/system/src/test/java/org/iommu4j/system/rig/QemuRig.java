package org.iommu4j.system.rig;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.core.handover.Bounds;
import org.iommu4j.core.machine.Boards;
import org.iommu4j.core.machine.Settings;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.qemu.machine.QemuBoard;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.qemu.machine.QemuMachine;
import org.iommu4j.qemu.process.QemuProgram;
import org.junit.jupiter.api.Assumptions;
import org.osgi.framework.Version;

/** One machine that QEMU plays, with core and the driver in charge. Any thread. */
public final class QemuRig implements AutoCloseable {
    private final Vendor vendor;
    private final QemuMachine machine;
    private final Boards boards;
    private final PlainServices services = new PlainServices();
    private final AtomicLong ids = new AtomicLong();
    private final CountDownLatch dead = new CountDownLatch(1);

    /** Returns when the driver is in charge of the machine's unit; skips the test if there is no QEMU. */
    public QemuRig(QemuDefinition definition) {
        this(definition, vendor(definition).driver());
    }

    /** As {@link #QemuRig(QemuDefinition)}, with a driver of the caller's. */
    public QemuRig(QemuDefinition definition, IommuDriver driver) {
        this(new QemuBoard(definition), driver);
    }

    /** As {@link #QemuRig(QemuDefinition)}, with a board and a driver of the caller's. */
    public QemuRig(QemuBoard board, IommuDriver driver) {
        this(board, driver, Optional.empty());
        services.await(DomainOps.class);
    }

    /** Does not wait for the driver to be in charge. @param keep where QEMU outlives this JVM */
    public QemuRig(QemuBoard board, IommuDriver driver, Optional<Path> keep) {
        QemuDefinition definition = board.definition();
        vendor = vendor(definition);
        Optional<String> problem = definition.program().problem();
        Assumptions.assumeTrue(problem.isEmpty(), () -> problem.orElseThrow() + "; " + QemuProgram.INSTALL);
        boards = new Boards(new Settings(Bounds.ofMillis(10_000, 10_000, 10_000, 30_000, 60_000, 10_000),
                Optional.empty()), services);
        machine = new QemuMachine(definition.text(), board, definition.program(), keep, this::died);
        boards.add(machine);
        ids.set(1);
        add(1, driver);
    }

    private static Vendor vendor(QemuDefinition definition) {
        Optional<Vendor> vendor = Vendor.of(definition.text());
        Assumptions.assumeTrue(vendor.isPresent(), () -> definition.text() + ": no driver here drives its unit");
        return vendor.orElseThrow();
    }

    /** A driver comes. @param id of its service and bundle; the first one has 1 */
    public void add(long id) {
        add(id, vendor.driver());
    }

    private void add(long id, IommuDriver driver) {
        boards.add(new Candidate(driver, vendor.architecture(), "driver-" + id, new Version(1, 0, 0), id, id, 0));
    }

    /** The driver in charge goes, and another one comes; returns when it is in charge. */
    public void update(IommuDriver successor) {
        remove(Long.parseLong(units().get(0).driver().replaceFirst("driver-(\\d+) .*", "$1")));
        add(ids.incrementAndGet(), successor);
        awaitState(UnitState.DRIVEN);
    }

    /** Swaps the driver in charge side by side, as a swap of bundles does. */
    public void swap(Supplier<IommuDriver> successor) {
        PlainBundles bundles = new PlainBundles(ids, id -> add(id, successor.get()), this::remove);
        boards.swaps(bundles).swap(units().get(0).driver().split(" ")[0], Rig.JAR);
    }

    /** A driver goes; returns when its unit is left. */
    public void remove(long id) {
        boards.removeDriver(id);
    }

    public void awaitState(UnitState state) {
        Condition.await("the unit is " + state, () -> !units().isEmpty() && units().get(0).state() == state);
    }

    /** As the component does it: the service goes. */
    private void died() {
        boards.remove(machine);
        dead.countDown();
    }

    /** Counted down when QEMU has died and core has let go of the machine. */
    public CountDownLatch dead() {
        return dead;
    }

    public QemuMachine machine() {
        return machine;
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

    public UnitStatus status() {
        return boards.status();
    }

    public Device device(String address) {
        return iommu().device(PciAddress.parse(address));
    }

    public List<DmaFault> faults() {
        return boards.status().faults(machine.name());
    }

    public List<UnitReport> units() {
        return boards.status().units();
    }

    @Override
    public void close() {
        boards.close();
    }
}
