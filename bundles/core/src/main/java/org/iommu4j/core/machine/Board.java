package org.iommu4j.core.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.iommu4j.api.driver.Probe;
import org.iommu4j.api.driver.UnitDescription;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.core.domain.Translation;
import org.iommu4j.core.fault.FaultRing;
import org.iommu4j.core.fault.UnitFaults;
import org.iommu4j.core.handover.Bounds;
import org.iommu4j.core.handover.Discovery;
import org.iommu4j.core.handover.Handover;
import org.iommu4j.core.handover.Helm;
import org.iommu4j.core.handover.Life;
import org.iommu4j.core.recovery.RecordFile;
import org.iommu4j.core.recovery.Recorder;
import org.iommu4j.core.status.MachineStatus;
import org.iommu4j.core.topology.Node;
import org.iommu4j.core.topology.Topology;
import org.iommu4j.core.unit.Binding;
import org.iommu4j.core.unit.Drivers;
import org.iommu4j.core.unit.Gate;
import org.iommu4j.core.unit.Interrupts;
import org.iommu4j.core.unit.Seat;
import org.iommu4j.core.unit.Units;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One machine that is powered on: its memory, its interrupts, its units and, once they are known, its domains. */
public final class Board implements Discovery {
    private static final Logger LOG = LoggerFactory.getLogger(Board.class);

    private final Machine machine;
    private final BoardMemory memory;
    private final Gate gate;
    private final Interrupts interrupts;
    private final Units units;
    private final FaultRing faults = new FaultRing();
    private final Handover handover;
    private final Life life;
    private final Bounds bounds;
    private final boolean allowUnsafeInterrupts;
    private final LeftRunning left;
    private final Optional<Recorder> recorder;
    private volatile Translation translation;

    /** Makes memory and powers the machine on. */
    public Board(Machine machine, Drivers drivers, Settings settings, Life life) {
        this.machine = machine;
        this.life = life;
        this.bounds = settings.bounds();
        this.allowUnsafeInterrupts = settings.allowUnsafeInterrupts();
        this.memory = new BoardMemory(machine, settings.memoryDirectory());
        this.left = new LeftRunning(machine);
        this.gate = new Gate(machine.name(), settings.bounds().patienceNanos());
        this.interrupts = new Interrupts(machine.name(), machine.vectors(), gate);
        this.units = new Units(machine, memory.memory(), gate, interrupts);
        this.handover = new Handover(units, drivers, settings.bounds(), life, this);
        this.recorder = machine.recordFile().map(file -> new Recorder(new RecordFile(file),
                binding -> translation.record(binding)));
        recorder.ifPresent(each -> units.onChange(each::write));
        try {
            machine.powerOn(memory.memory(), interrupts);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        LOG.info("{}: powered on", machine.name());
    }

    public Machine machine() {
        return machine;
    }

    public MachineMemory memory() {
        return memory;
    }

    public Handover handover() {
        return handover;
    }

    public Units units() {
        return units;
    }

    /** Devices, groups and domains; empty until a driver has read the firmware tables. */
    public Optional<Translation> translation() {
        return Optional.ofNullable(translation);
    }

    public Helm helm() {
        return new Helm(units, handover, life);
    }

    public MachineStatus status() {
        return new MachineStatus(units, translation(), faults);
    }

    /** Fails closed: DMA is stopped, units are turned off, then the machine. Calls fail from now on. */
    public void powerOff(String why) {
        handover.stop(why, System.nanoTime() + bounds.unbindNanos());
        machine.powerOff();
        recorder.ifPresent(Recorder::end);
        LOG.info("{}: powered off, {}", machine.name(), why);
    }

    /** Gives threads and memory up, after {@link #powerOff}. */
    public void close() {
        translation().ifPresent(Translation::close);
        interrupts.close();
        memory.memory().close();
    }

    @Override
    public List<Seat> found(Probe probe, String architecture) {
        Topology topology = Topology.of(machine.functions(), probe);
        // One owner for all units: a table may be freed through another unit than the one that allocated it.
        PageAllocator frames = memory.allocator(architecture + " " + machine.name(), memory.poolLength());
        List<Seat> seats = new ArrayList<>();
        for (UnitDescription unit : probe.units()) {
            seats.add(seat(seats.size(), unit, architecture, frames, topology));
        }
        List<String> odd = new ArrayList<>(probe.warnings());
        odd.addAll(topology.warnings());
        odd.forEach(warning -> LOG.warn("{}: {}", machine.name(), warning));
        PageAllocator coherent = memory.allocator("dma " + machine.name(), memory.poolLength());
        translation = new Translation(units, seats, topology, coherent, allowUnsafeInterrupts);
        left.tell(seats);
        return seats;
    }

    @Override
    public void recovered(Binding binding) {
        translation.recovered(left.record(), binding, memory,
                memory.allocator("recovered " + machine.name(), memory.poolLength()));
    }

    @Override
    public void started(Binding binding, List<Seat> seats) {
        translation.started(binding, seats);
    }

    private Seat seat(int index, UnitDescription unit, String architecture, PageAllocator frames,
            Topology topology) {
        List<PciFunction> served =
                topology.nodes().stream().filter(node -> node.unit() == index).map(Node::function).toList();
        int segment = unit.scopes().isEmpty() ? 0 : unit.scopes().get(0).start().segment();
        UnitFaults reports = new UnitFaults(faults, unit.name(), segment, unit.scopes());
        return new Seat(index, unit, architecture, frames, reports, served);
    }
}
