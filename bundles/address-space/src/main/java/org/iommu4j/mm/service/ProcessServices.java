package org.iommu4j.mm.service;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Device;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.mm.page.SwapSpace;
import org.iommu4j.mm.process.MachineProcesses;
import org.iommu4j.mm.table.Cpu;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/**
 * One {@link Processes} service for each machine that lends its memory. Binding makes it, and leaves its registration
 * to a thread of its own; unbinding ends all of its processes before it returns, for the memory goes then.
 */
@Component(immediate = true, service = {}, configurationPid = "org.iommu4j.mm")
@Designate(ocd = Settings.class)
public final class ProcessServices {
    private static final String OWNER = "mm";
    private static final long CLOSE_SECONDS = 2;

    private final BundleContext context;
    private final Settings settings;
    private final Map<MachineMemory, MachineProcesses> machines = new ConcurrentHashMap<>();
    /** Used by the registrar alone. */
    private final Map<MachineProcesses, ServiceRegistration<Processes>> registrations = new ConcurrentHashMap<>();
    private final ExecutorService registrar = Executors.newSingleThreadExecutor(body -> {
        Thread thread = new Thread(body, "iommu4j-mm-services");
        thread.setDaemon(true);
        return thread;
    });

    @Activate
    public ProcessServices(BundleContext context, Settings settings) {
        this.context = context;
        this.settings = settings;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindMemory(MachineMemory memory, Map<String, Object> properties) {
        MachineProcesses processes = processes(memory, properties);
        machines.put(memory, processes);
        registrar.execute(() -> {
            if (machines.get(memory) == processes) {
                registrations.put(processes, register(processes));
            }
        });
    }

    void unbindMemory(MachineMemory memory) {
        MachineProcesses processes = machines.remove(memory);
        if (processes != null) {
            processes.close();
            registrar.execute(() -> unregister(processes));
        }
    }

    /** Withdraws all services within a bound; the framework takes back what is left when the bundle stops. */
    @Deactivate
    void deactivate() throws InterruptedException {
        machines.keySet().forEach(this::unbindMemory);
        registrar.shutdown();
        registrar.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    private MachineProcesses processes(MachineMemory memory, Map<String, Object> properties) {
        String processor = String.valueOf(properties.getOrDefault(MachineMemory.PROCESSOR, MachineMemory.X86_64));
        Cpu cpu = Cpu.of(processor, settings.levels(), memory.memory().ranges());
        PageStore store = new PageStore(memory.memory(), memory.allocator(OWNER, settings.memory()),
                new SwapSpace(settings.swapPages()));
        return new MachineProcesses(memory.machine(), store, cpu, settings.residentPages());
    }

    private ServiceRegistration<Processes> register(MachineProcesses processes) {
        Dictionary<String, Object> properties = new Hashtable<>(Map.of(Device.MACHINE, processes.machine()));
        return context.registerService(Processes.class, processes, properties);
    }

    private void unregister(MachineProcesses processes) {
        ServiceRegistration<Processes> registration = registrations.remove(processes);
        if (registration != null) {
            registration.unregister();
        }
    }
}
