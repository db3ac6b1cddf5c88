package org.iommu4j.replay.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.replay.report.ReplayReport;
import org.iommu4j.replay.trace.TraceException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import picocli.CommandLine;

/** The command {@code replay} as the shell's whiteboard takes it. */
@Component(service = BiFunction.class, property = {"iommu4j.command.name=replay",
    "iommu4j.command.summary=replay a recorded DMA trace through a driver"})
public final class ReplayCommand implements BiFunction<String[], PrintStream, Integer> {
    private static final int FAILED = 1;

    private final ConfigurationAdmin configurations;
    private final MachineServices services = new MachineServices();
    private final AtomicReference<UnitStatus> status = new AtomicReference<>();
    private final AtomicReference<DriverSwap> swap = new AtomicReference<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final MachineFailures failures;

    @Activate
    public ReplayCommand(@Reference(policy = ReferencePolicy.STATIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MANDATORY) ConfigurationAdmin configurations,
            @Reference(policy = ReferencePolicy.STATIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MANDATORY) ServiceComponentRuntime components) {
        this.configurations = configurations;
        this.failures = new MachineFailures(components);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindIommu(IommuOps service, Map<String, ?> properties) {
        services.add(machine(properties), service);
    }

    void unbindIommu(IommuOps service, Map<String, ?> properties) {
        services.remove(machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindDomains(DomainOps service, Map<String, ?> properties) {
        services.add(machine(properties), service);
    }

    void unbindDomains(DomainOps service, Map<String, ?> properties) {
        services.remove(machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindDma(DmaOps service, Map<String, ?> properties) {
        services.add(machine(properties), service);
    }

    void unbindDma(DmaOps service, Map<String, ?> properties) {
        services.remove(machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindMemory(MachineMemory service, Map<String, ?> properties) {
        services.add(machine(properties), service);
    }

    void unbindMemory(MachineMemory service, Map<String, ?> properties) {
        services.remove(machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindStatus(UnitStatus service) {
        status.set(service);
    }

    void unbindStatus(UnitStatus service) {
        status.compareAndSet(service, null);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindSwap(DriverSwap service) {
        swap.set(service);
    }

    void unbindSwap(DriverSwap service) {
        swap.compareAndSet(service, null);
    }

    private static String machine(Map<String, ?> properties) {
        return (String) properties.get(Device.MACHINE);
    }

    @Override
    public Integer apply(String[] arguments, PrintStream out) {
        ReplayOptions options = new ReplayOptions();
        CommandLine line = new CommandLine(options);
        try {
            CommandLine.ParseResult parsed = line.parseArgs(arguments);
            if (parsed.isUsageHelpRequested()) {
                line.usage(out, CommandLine.Help.Ansi.OFF);
                return CommandLine.ExitCode.OK;
            }
            List<ReplayReport> reports = new ArrayList<>();
            for (String template : options.templates()) {
                reports.add(new ReplayRun("replay-" + runs.incrementAndGet(), template, options, configurations,
                        services, status, swap, failures).run());
            }
            return new ReportOutput(options).print(reports, out);
        } catch (CommandLine.ParameterException e) {
            out.println("replay: " + e.getMessage() + "; see replay --help");
            return CommandLine.ExitCode.USAGE;
        } catch (IommuException | TraceException e) {
            out.println("replay: " + e.getMessage());
            return FAILED;
        }
    }
}
