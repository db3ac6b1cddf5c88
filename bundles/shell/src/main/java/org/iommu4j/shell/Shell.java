package org.iommu4j.shell;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.shell.command.Plugin;
import org.iommu4j.shell.command.Services;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The commands, as the launcher calls them (words in, exit code out, printing to the standard streams) and as Gogo
 * does. Any thread.
 */
@Component(immediate = true, service = ToIntFunction.class, property = "iommu4j.command:Boolean=true")
public final class Shell implements ToIntFunction<String[]> {
    private static final Duration START = Duration.ofSeconds(10);

    private final Services services;
    private final Interpreter interpreter;
    private final GogoCommands gogo;

    @Activate
    public Shell(BundleContext context) {
        services = new Services(new JarPlaces(context));
        interpreter = new Interpreter(services, System.in, START);
        gogo = new GogoCommands(context, interpreter);
        interpreter.names().forEach(gogo::add);
    }

    @Deactivate
    void deactivate() {
        gogo.close();
    }

    @Override
    public int applyAsInt(String[] words) {
        PrintStream out = System.out;
        Outcome outcome = interpreter.run(out, List.of(words));
        if (!outcome.text().isEmpty()) {
            if (outcome.code() == 0) {
                out.println(outcome.text());
            } else {
                System.err.println("iommu4j: " + outcome.text());
            }
        }
        out.flush();
        return outcome.code();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindStatus(UnitStatus status) {
        services.bind(status);
    }

    void unbindStatus(UnitStatus status) {
        services.unbind(status);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindSwap(DriverSwap swap) {
        services.bind(swap);
    }

    void unbindSwap(DriverSwap swap) {
        services.unbind(swap);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, target = "(iommu4j.machine.captured=true)")
    void bindCapturedMachines(Function<String[], String> service) {
        services.bindCapturedMachines(service);
    }

    void unbindCapturedMachines(Function<String[], String> service) {
        services.unbindCapturedMachines(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindConfigurations(ConfigurationAdmin service) {
        services.bind(service);
    }

    void unbindConfigurations(ConfigurationAdmin service) {
        services.unbind(service);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindMachine(IommuOps ops, Map<String, Object> properties) {
        services.bind(properties.get(Device.MACHINE).toString(), ops);
    }

    void unbindMachine(IommuOps ops, Map<String, Object> properties) {
        services.unbind(properties.get(Device.MACHINE).toString(), ops);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    void bindProcesses(Processes processes, Map<String, Object> properties) {
        services.bind(properties.get(Device.MACHINE).toString(), processes);
    }

    void unbindProcesses(Processes processes, Map<String, Object> properties) {
        services.unbind(properties.get(Device.MACHINE).toString(), processes);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY, target = "(" + Plugin.NAME + "=*)")
    void bindPlugin(BiFunction<String[], PrintStream, Integer> body, Map<String, Object> properties) {
        Plugin plugin = Plugin.of(body, properties);
        services.bind((Long) properties.get(Constants.SERVICE_ID), plugin);
        gogo.add(plugin.name());
    }

    void unbindPlugin(BiFunction<String[], PrintStream, Integer> body, Map<String, Object> properties) {
        services.unbindPlugin((Long) properties.get(Constants.SERVICE_ID));
        String name = Plugin.of(body, properties).name();
        if (services.plugin(name).isEmpty() && !interpreter.names().contains(name)) {
            gogo.remove(name);
        }
    }
}
