package org.iommu4j.tck.command;

import java.io.PrintStream;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.iommu4j.api.Device;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.tck.report.Report;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import picocli.CommandLine;

/** The command {@code tck} as the shell's whiteboard takes it. */
@Component(service = BiFunction.class, property = {"iommu4j.command.name=tck",
    "iommu4j.command.summary=hold a driver against the laws that every driver has to keep"})
public final class TckCommand implements BiFunction<String[], PrintStream, Integer> {
    private static final int FAILED = 1;

    private final BundleContext context;
    private final ConfigurationAdmin configurations;
    private final Services services = new Services();
    private final AtomicInteger runs = new AtomicInteger();

    @Activate
    public TckCommand(BundleContext context, @Reference(policy = ReferencePolicy.STATIC,
            policyOption = ReferencePolicyOption.GREEDY, cardinality = ReferenceCardinality.MANDATORY)
            ConfigurationAdmin configurations) {
        this.context = context;
        this.configurations = configurations;
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindIommu(IommuOps service, Map<String, ?> properties) {
        services.add(IommuOps.class, machine(properties), service);
    }

    void unbindIommu(IommuOps service, Map<String, ?> properties) {
        services.remove(IommuOps.class, machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindDomains(DomainOps service, Map<String, ?> properties) {
        services.add(DomainOps.class, machine(properties), service);
    }

    void unbindDomains(DomainOps service, Map<String, ?> properties) {
        services.remove(DomainOps.class, machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindDma(DmaOps service, Map<String, ?> properties) {
        services.add(DmaOps.class, machine(properties), service);
    }

    void unbindDma(DmaOps service, Map<String, ?> properties) {
        services.remove(DmaOps.class, machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.MULTIPLE)
    void bindMemory(MachineMemory service, Map<String, ?> properties) {
        services.add(MachineMemory.class, machine(properties), service);
    }

    void unbindMemory(MachineMemory service, Map<String, ?> properties) {
        services.remove(MachineMemory.class, machine(properties), service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindStatus(UnitStatus service) {
        services.add(UnitStatus.class, Services.OF_ALL, service);
    }

    void unbindStatus(UnitStatus service) {
        services.remove(UnitStatus.class, Services.OF_ALL, service);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY,
            cardinality = ReferenceCardinality.OPTIONAL)
    void bindSwap(DriverSwap service) {
        services.add(DriverSwap.class, Services.OF_ALL, service);
    }

    void unbindSwap(DriverSwap service) {
        services.remove(DriverSwap.class, Services.OF_ALL, service);
    }

    private static String machine(Map<String, ?> properties) {
        return (String) properties.get(Device.MACHINE);
    }

    @Override
    public Integer apply(String[] arguments, PrintStream out) {
        TckOptions options = new TckOptions();
        CommandLine line = new CommandLine(options);
        try {
            if (line.parseArgs(arguments).isUsageHelpRequested()) {
                line.usage(out, CommandLine.Help.Ansi.OFF);
                return CommandLine.ExitCode.OK;
            }
            Report report = new TckRun("tck-" + runs.incrementAndGet(), options, context, configurations, services)
                    .run();
            out.println(options.json ? report.json() : report.text());
            return report.isGood() ? CommandLine.ExitCode.OK : FAILED;
        } catch (CommandLine.ParameterException e) {
            out.println("tck: " + e.getMessage() + "; see tck --help");
            return CommandLine.ExitCode.USAGE;
        } catch (IommuException e) {
            out.println("tck: " + e.getMessage());
            return FAILED;
        }
    }
}
