package org.iommu4j.tck.command;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.tck.kit.Kit;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.law.Laws;
import org.iommu4j.tck.machine.MachineKind;
import org.iommu4j.tck.report.Report;
import org.iommu4j.tck.stage.Bench;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** One run of the command: brings a machine up, puts the driver in charge, holds it against the laws. */
final class TckRun {
    private final String freshName;
    private final TckOptions options;
    private final BundleContext context;
    private final ConfigurationAdmin configurations;
    private final Services services;

    /** @param freshName of the machine, if there is none to be found under its name */
    TckRun(String freshName, TckOptions options, BundleContext context, ConfigurationAdmin configurations,
            Services services) {
        this.freshName = freshName;
        this.options = options;
        this.context = context;
        this.configurations = configurations;
        this.services = services;
    }

    /** Called once. @throws IommuException if there is no such machine, or the driver cannot be put in charge */
    Report run() {
        List<Law> laws = laws();
        Optional<MachineKind> kind = MachineKind.named(options.machine);
        if (kind.isPresent()) {
            return onFreshMachine(kind.get(), laws);
        }
        if (!services.has(options.machine)) {
            throw IommuException.of(Reason.NO_DEVICE, "no machine '%s' is up, and it is none of %s", options.machine,
                    String.join(", ", MachineKind.names()));
        }
        return on(options.machine, laws);
    }

    private List<Law> laws() {
        String words = options.law.toLowerCase(Locale.ROOT);
        List<Law> laws = Laws.all().stream()
                .filter(law -> law.name().contains(words) || law.room().equals(words)).toList();
        if (laws.isEmpty()) {
            throw IommuException.of(Reason.BAD_INPUT, "--law: no law's name contains '%s', and no room is called so",
                    options.law);
        }
        return laws;
    }

    private Report onFreshMachine(MachineKind kind, List<Law> laws) {
        Configuration configuration = configure(kind);
        try {
            services.await(freshName);
            return on(freshName, laws);
        } finally {
            delete(configuration);
            services.awaitGone(freshName);
        }
    }

    private Report on(String machine, List<Law> laws) {
        try (DriverBundle driver = new DriverBundle(context, services, machine, options.driver)) {
            Bench bench = new Bench(services.of(IommuOps.class, machine), services.of(DomainOps.class, machine),
                    services.of(DmaOps.class, machine), services.of(MachineMemory.class, machine),
                    services.of(UnitStatus.class, Services.OF_ALL), driver);
            UnitReport unit = bench.units().get(0);
            Progress progress = new Progress(laws.size());
            return new Report(options.machine, unit.driver(), unit.capabilities(),
                    new Kit(bench, Deviations.of(options.machine)).run(laws, progress));
        }
    }

    private Configuration configure(MachineKind kind) {
        try {
            Configuration configuration = configurations.getFactoryConfiguration(kind.factory(), freshName, "?");
            configuration.update(kind.properties(freshName));
            return configuration;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "machine " + freshName + " cannot be configured: " + e, e);
        }
    }

    private static void delete(Configuration configuration) {
        try {
            configuration.delete();
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "the machine's configuration cannot be deleted: " + e, e);
        }
    }
}
