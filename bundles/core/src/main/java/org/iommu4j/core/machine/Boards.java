package org.iommu4j.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.core.handover.BundleSwap;
import org.iommu4j.core.handover.Bundles;
import org.iommu4j.core.status.StatusReports;
import org.iommu4j.core.unit.Candidate;
import org.iommu4j.core.unit.Drivers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All machines and drivers that are there. Coming only enqueues; going does its work on the calling thread, within
 * bounds. Any thread.
 */
public final class Boards implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Boards.class);

    private final Settings settings;
    private final Services services;
    private final Drivers drivers = new Drivers();
    private final List<MachineLife> lives = new CopyOnWriteArrayList<>();
    /** Machines whose name is taken; the first of them follows when the other has gone. */
    private final List<Machine> waiting = new ArrayList<>();
    private final StatusReports status;

    public Boards(Settings settings, Services services) {
        this.settings = settings;
        this.services = services;
        this.status = new StatusReports(() -> all().stream().map(Board::status).toList(), drivers);
    }

    public UnitStatus status() {
        return status;
    }

    /** The swap of driver bundles in a framework. */
    public DriverSwap swaps(Bundles bundles) {
        return new BundleSwap(bundles, drivers, () -> all().stream().map(Board::helm).toList(), settings.bounds());
    }

    /** Those that are powered on. */
    public List<Board> all() {
        return lives.stream().flatMap(life -> life.board().stream()).toList();
    }

    public synchronized void add(Machine machine) {
        if (lives.stream().anyMatch(life -> life.machine().name().equals(machine.name()))) {
            LOG.warn("{}: a machine of that name is there already; this one waits until it has gone", machine.name());
            waiting.add(machine);
            return;
        }
        MachineLife life = new MachineLife(machine, drivers, settings, services);
        lives.add(life);
        life.begin();
    }

    public synchronized void remove(Machine machine) {
        waiting.removeIf(other -> other == machine);
        Optional<MachineLife> found = lives.stream().filter(life -> life.machine() == machine).findFirst();
        if (found.isPresent()) {
            found.get().end("machine " + machine.name() + " has gone");
            lives.remove(found.get());
            Optional<Machine> next =
                    waiting.stream().filter(other -> other.name().equals(machine.name())).findFirst();
            next.ifPresent(other -> {
                waiting.remove(other);
                add(other);
            });
        }
    }

    public void add(Candidate candidate) {
        drivers.add(candidate);
        lives.forEach(MachineLife::reconsider);
    }

    /** @param serviceId of the driver that goes */
    public void removeDriver(long serviceId) {
        drivers.remove(serviceId).ifPresent(candidate -> {
            long deadline = System.nanoTime() + settings.bounds().unbindNanos();
            lives.forEach(life -> life.vacate(candidate, deadline));
        });
    }

    /** Ends all machines, failing closed, and waits until their threads have ended, within bounds. */
    @Override
    public synchronized void close() {
        waiting.clear();
        lives.forEach(life -> life.end("core stops"));
        for (MachineLife life : lives) {
            try {
                if (!life.ended(settings.bounds().unbindNanos())) {
                    LOG.warn("{}: its life-cycle thread has not ended in time", life.machine().name());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        lives.clear();
    }
}
