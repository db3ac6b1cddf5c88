package org.iommu4j.hwsim.machine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.MsiMessage;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.InterruptWindow;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.device.Preemption;
import org.iommu4j.hwsim.device.PreemptionPoint;
import org.iommu4j.hwsim.firmware.FirmwareTables;
import org.iommu4j.hwsim.pci.PciTree;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/**
 * A machine made from a definition; one component for each factory configuration. The definition is checked when the
 * machine is made, the state that hardware has exists between power on and power off only: functions, registers and
 * {@link #store128} and {@link #flush} of a machine that is off are refused with NO_DEVICE, its counters are empty.
 */
@Component(immediate = true, configurationPid = MachineConfiguration.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = MachineConfiguration.class, factory = true)
public final class SimulatedMachine implements Machine {
    private final MachineDefinition definition;
    private final IommuModels models;
    private final PciTree tree;
    private final UnitScopes scopes;
    private final FirmwareTables firmware;
    private final Preemption preemption = new Preemption();
    private volatile PoweredBoard board;

    /** @throws IommuException BAD_INPUT, naming file, field, value and limit, if the definition is malformed */
    @Activate
    public SimulatedMachine(MachineConfiguration configuration) {
        this(DefinitionFile.load(required("file", configuration.file()))
                .named(required("machine", configuration.machine())), IommuModels.all());
    }

    /** @throws IommuException BAD_INPUT if parts of the definition do not go together */
    public SimulatedMachine(MachineDefinition definition, IommuModels models) {
        this.definition = definition;
        this.models = models;
        this.tree = new PciTree(definition.devices());
        this.scopes = new UnitScopes(definition.units(), tree);
        this.firmware = new FirmwareTables(definition, tree);
        definition.units().forEach(models::check);
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public List<MemoryRange> ram() {
        return definition.ram();
    }

    @Override
    public int physicalAddressBits() {
        return definition.physicalAddressBits();
    }

    @Override
    public synchronized void powerOn(PhysicalMemory memory, InterruptSink interrupts) {
        if (board != null) {
            throw IommuException.of(Reason.BUSY, "machine %s is on", name());
        }
        for (MemoryRange range : ram()) {
            if (!memory.contains(range.start(), range.length())) {
                throw IommuException.of(Reason.BAD_ADDRESS, "memory of machine %s lacks %#x + %#x", name(),
                        range.start(), range.length());
            }
        }
        PoweredBoard built = new PoweredBoard(definition, models, tree, scopes, preemption, memory, interrupts);
        built.start();
        board = built;
    }

    @Override
    @Deactivate
    public synchronized void powerOff() {
        PoweredBoard running = board;
        board = null;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public List<PciFunction> functions() {
        return board().functions();
    }

    @Override
    public Optional<byte[]> firmwareTable(String signature) {
        return firmware.table(signature);
    }

    @Override
    public RegisterSpace registers(long base) {
        return board().registers(base);
    }

    @Override
    public void store128(long pa, long low, long high) {
        board().memory().store128(pa, low, high);
    }

    @Override
    public void flush(long pa, long length) {
        board().flushed().flush(pa, length);
    }

    @Override
    public MsiMessage message(int vector) {
        return InterruptController.messageOf(definition.interrupts(), vector);
    }

    @Override
    public void wire(int line, int vector) {
        if (definition.units().stream().noneMatch(unit -> unit.hasWire(line))) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "machine %s has no wired interrupt %d", name(), line);
        }
        board().wire(line, vector);
    }

    @Override
    public int vectors() {
        return InterruptWindow.VECTORS;
    }

    @Override
    public Map<String, Long> counters() {
        PoweredBoard running = board;
        return running == null ? Map.of() : running.counters();
    }

    /** Lets a test hold transactions between translation and access; survives power off. @param point null for none */
    public void preempt(PreemptionPoint point) {
        preemption.set(point);
    }

    private PoweredBoard board() {
        PoweredBoard running = board;
        if (running == null) {
            throw IommuException.of(Reason.NO_DEVICE, "machine %s is off", name());
        }
        return running;
    }

    private static String required(String property, String value) {
        if (value == null || value.isBlank()) {
            throw IommuException.of(Reason.BAD_INPUT, "configuration %s: property '%s' is missing",
                    MachineConfiguration.PID, property);
        }
        return value;
    }
}
