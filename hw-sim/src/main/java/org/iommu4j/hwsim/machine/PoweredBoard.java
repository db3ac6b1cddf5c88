package org.iommu4j.hwsim.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.api.machine.PciFunction;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.UnitDefinition;
import org.iommu4j.hwsim.device.BusRoute;
import org.iommu4j.hwsim.device.DmaEngine;
import org.iommu4j.hwsim.device.DmaGenerator;
import org.iommu4j.hwsim.device.DmaPort;
import org.iommu4j.hwsim.device.DmaSwitch;
import org.iommu4j.hwsim.device.EduDevice;
import org.iommu4j.hwsim.device.Preemption;
import org.iommu4j.hwsim.pci.BarWindow;
import org.iommu4j.hwsim.pci.ConfigurationSpace;
import org.iommu4j.hwsim.pci.FunctionConfiguration;
import org.iommu4j.hwsim.pci.PciTree;
import org.iommu4j.hwsim.pci.SimulatedFunction;

/**
 * A machine between power on and power off: everything that has state, built anew each time, so that reset values need
 * no code. The constructor builds, {@link #start} lets the device threads run.
 */
final class PoweredBoard {
    private final PhysicalMemory memory;
    private final FlushedView flushed;
    private final InterruptController interrupts;
    private final Map<String, IommuModel> models = new TreeMap<>();
    private final Map<Long, RegisterSpace> registers = new TreeMap<>();
    private final List<DmaEngine> engines = new ArrayList<>();
    private final List<PciFunction> functions = new ArrayList<>();

    PoweredBoard(MachineDefinition machine, IommuModels kinds, PciTree tree, UnitScopes scopes, Preemption preemption,
                 PhysicalMemory memory, InterruptSink sink) {
        this.memory = memory;
        this.flushed = new FlushedView(memory);
        this.interrupts = new InterruptController(machine.interrupts(), sink);
        List<IommuModel> units = buildUnits(machine, kinds);
        for (int i = 0; i < machine.dmaThreads(); i++) {
            List<Requester> requesters = units.stream().map(IommuModel::requester).toList();
            engines.add(new DmaEngine(machine.name() + " dma " + i,
                    new DmaPort(memory, machine.interrupts(), interrupts, preemption, requesters)));
        }
        BarWindow bars = new BarWindow(tree.devices());
        int firstEngine = 0;
        for (DeviceDefinition device : tree.devices()) {
            ConfigurationSpace configuration = FunctionConfiguration.of(device, bars);
            device.unit().ifPresent(unit -> models.get(unit).attach(configuration));
            functions.add(function(device, configuration, scopes.route(device), firstEngine));
            firstEngine += Math.max(1, device.channels());
        }
    }

    void start() {
        engines.forEach(DmaEngine::start);
    }

    void stop() {
        engines.forEach(DmaEngine::stop);
        models.values().forEach(IommuModel::release);
        engines.forEach(DmaEngine::join);
        models.values().forEach(IommuModel::powerOff);
        flushed.close();
    }

    List<PciFunction> functions() {
        return List.copyOf(functions);
    }

    PhysicalMemory memory() {
        return memory;
    }

    FlushedView flushed() {
        return flushed;
    }

    RegisterSpace registers(long base) {
        RegisterSpace space = registers.get(base);
        if (space == null) {
            throw IommuException.of(Reason.NO_DEVICE, "no register file starts at %#x", base);
        }
        return space;
    }

    void wire(int line, int vector) {
        interrupts.wire(line, vector);
    }

    Map<String, Long> counters() {
        Map<String, Long> counters = new TreeMap<>();
        models.values().forEach(model -> model.counters(counters));
        engines.forEach(engine -> engine.counters(counters));
        interrupts.counters(counters);
        return counters;
    }

    private List<IommuModel> buildUnits(MachineDefinition machine, IommuModels kinds) {
        Board board = new Board(memory, flushed, machine.physicalAddressBits(), machine.seed(), interrupts);
        List<IommuModel> units = new ArrayList<>();
        for (UnitDefinition unit : machine.units()) {
            IommuModel model = kinds.create(unit, board);
            units.add(model);
            models.put(unit.name(), model);
            registers.put(unit.base(), model.registers());
        }
        return units;
    }

    private PciFunction function(DeviceDefinition device, ConfigurationSpace configuration, BusRoute route,
                                 int firstEngine) {
        DmaSwitch dma = new DmaSwitch();
        RegisterSpace bar = switch (device.kind()) {
            case EDU -> EduDevice.on(engines.get(firstEngine % engines.size()), configuration, route, dma);
            case DMAGEN -> DmaGenerator.on(engines, firstEngine, device.channels(), route, dma);
            case BRIDGE, IOMMU, NONE -> null;
        };
        return new SimulatedFunction(device.address(), configuration, bar, dma);
    }
}
