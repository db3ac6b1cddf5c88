package org.iommu4j.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.core.domain.Translation;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine from its service's coming to its going. Everything but the going itself happens on its life-cycle thread;
 * services are registered and unregistered there, under no lock of a unit.
 */
final class MachineLife {
    /** Base class and sub-class of a PCI-to-PCI bridge, which is no device that a client could drive. */
    private static final int BRIDGE = 0x0604;
    private static final int INTERFACE_BITS = 8;
    private static final Logger LOG = LoggerFactory.getLogger(MachineLife.class);

    private final Machine machine;
    private final Drivers drivers;
    private final Settings settings;
    private final Services services;
    private final LifeThread life;
    private final List<Runnable> registrations = new ArrayList<>();
    private boolean published;
    private boolean gone;
    private volatile Board board;

    MachineLife(Machine machine, Drivers drivers, Settings settings, Services services) {
        this.machine = machine;
        this.drivers = drivers;
        this.settings = settings;
        this.services = services;
        this.life = new LifeThread(machine.name());
    }

    Machine machine() {
        return machine;
    }

    /** Empty until the machine is powered on. */
    Optional<Board> board() {
        return Optional.ofNullable(board);
    }

    /** Enqueues: power on, services, driver. */
    void begin() {
        life.execute(() -> {
            if (powerOn()) {
                register(MachineMemory.class, board.memory(), Map.of(Device.MACHINE, machine.name(),
                        MachineMemory.PROCESSOR, processor()));
            }
        });
        reconsider();
    }

    private String processor() {
        return machine.firmwareTable("IORT").isPresent() ? MachineMemory.AARCH64 : MachineMemory.X86_64;
    }

    /** Enqueues: the drivers that are there have changed. */
    void reconsider() {
        life.execute(() -> {
            if (board != null) {
                board.handover().reconsider();
                publish();
            }
        });
    }

    /** A driver goes; on the calling thread, bounded. */
    void vacate(Candidate candidate, long deadline) {
        Board now = board;
        if (now != null) {
            now.handover().vacate(candidate, deadline);
        }
    }

    /** The machine goes: it is powered off on the calling thread, its services go later on its own thread. */
    void end(String why) {
        synchronized (this) {
            gone = true;
            if (board != null) {
                board.powerOff(why);
            }
        }
        life.execute(() -> {
            registrations.forEach(Runnable::run);
            registrations.clear();
            if (board != null) {
                board.close();
                board = null;
            }
        });
        life.end();
    }

    /** Waits until its thread has ended. */
    boolean ended(long nanos) throws InterruptedException {
        return life.await(nanos);
    }

    private synchronized boolean powerOn() {
        if (!gone) {
            try {
                board = new Board(machine, drivers, settings, life);
            } catch (RuntimeException e) {
                LOG.error("{}: does not power on: {}", machine.name(), e.toString());
            }
        }
        return board != null;
    }

    private void publish() {
        if (published || board.units().binding() == null) {
            return;
        }
        published = true;
        Translation translation = board.translation().orElseThrow();
        Map<String, Object> properties = Map.of(Device.MACHINE, machine.name());
        register(IommuOps.class, translation.iommuOps(), properties);
        register(DomainOps.class, translation.domainOps(), properties);
        register(DmaOps.class, translation.dmaOps(), properties);
        for (Device device : translation.devices()) {
            if (device.classCode() >>> INTERFACE_BITS != BRIDGE) {
                register(Device.class, device, Map.of(Device.MACHINE, machine.name(),
                        Device.RID, device.address().toString(), Device.VENDOR, device.vendorId(),
                        Device.DEVICE, device.deviceId(), Device.CLASS, device.classCode()));
            }
        }
    }

    private <T> void register(Class<T> type, T service, Map<String, Object> properties) {
        registrations.add(services.register(type, service, properties));
    }
}
