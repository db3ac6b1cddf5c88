package org.iommu4j.replay.command;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.DriverSwap;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.replay.machine.GroupCheck;
import org.iommu4j.replay.machine.InventedTopology;
import org.iommu4j.replay.machine.MachineDefinition;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Play;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Stage;
import org.iommu4j.replay.report.ReplayReport;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceSource;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** One run of the command: reads the trace, brings a machine up, plays, takes the machine down. */
final class ReplayRun {
    private static final String MACHINE_FACTORY = "org.iommu4j.hwsim";
    private static final long DRIVEN_BOUND_NANOS = 10_000_000_000L;
    private static final long POLL_NANOS = 2_000_000;

    private final String machine;
    private final String template;
    private final ReplayOptions options;
    private final ConfigurationAdmin configurations;
    private final MachineServices services;
    private final AtomicReference<UnitStatus> status;
    private final AtomicReference<DriverSwap> swap;
    private final Phases phases = new Phases();

    /**
     * @param machine name of the fresh machine
     * @param template what it is made from
     */
    ReplayRun(String machine, String template, ReplayOptions options, ConfigurationAdmin configurations, MachineServices services,
            AtomicReference<UnitStatus> status, AtomicReference<DriverSwap> swap) {
        this.machine = machine;
        this.template = template;
        this.options = options;
        this.configurations = configurations;
        this.services = services;
        this.status = status;
        this.swap = swap;
    }

    /** Called once. */
    ReplayReport run() throws TraceException {
        Settings settings = checkedSettings();
        TracePlan plan = TracePlan.read(TraceSource.of(options.trace));
        phases.end("read");
        InventedTopology topology = InventedTopology.of(plan);
        JsonObject definition = new MachineDefinition(template, machine)
                .of(plan, topology, settings.feeders(), settings.feeders() + 1);
        Configuration configuration = configure(definition);
        try {
            services.await(machine);
            awaitDriven();
            checkGroups(plan);
            phases.end("machine");
            Outcome outcome = play(plan, topology, settings);
            phases.end("play");
            return new ReplayReport(plan, template, settings, outcome, plan.counts().invalidations(),
                    phases.nanos());
        } finally {
            delete(configuration);
            services.awaitGone(machine);
        }
    }

    private Settings checkedSettings() {
        Settings settings = options.settings();
        if (settings.threads() < 1 || settings.feeders() < 1 || settings.feeders() > Settings.MAX_FEEDERS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "--threads %d, --dma-threads %d: 1 or more, and 1 to %d",
                    settings.threads(), settings.feeders(), Settings.MAX_FEEDERS);
        }
        if (settings.swapAt().stream().anyMatch(percent -> percent < 0 || percent > 100)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "--swap-at %s: percentages are 0 to 100", settings.swapAt());
        }
        if (settings.mode() == Settings.Mode.PASSTHROUGH && settings.iovas() == Settings.Iovas.OWN) {
            throw new IommuException(Reason.INCOMPATIBLE, "--iova own: in passthrough mode nothing is mapped");
        }
        return settings;
    }

    private Configuration configure(JsonObject definition) {
        try {
            Path file = MachineDefinition.write(definition);
            Configuration configuration =
                    configurations.getFactoryConfiguration(MACHINE_FACTORY, machine, "?");
            Hashtable<String, Object> properties = new Hashtable<>();
            properties.put("machine", machine);
            properties.put("file", file.toString());
            configuration.update(properties);
            return configuration;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "machine " + machine + " cannot be configured: " + e, e);
        }
    }

    private static void delete(Configuration configuration) {
        try {
            configuration.delete();
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "the machine's configuration cannot be deleted: " + e, e);
        }
    }

    private void awaitDriven() {
        long deadline = System.nanoTime() + DRIVEN_BOUND_NANOS;
        List<UnitReport> idle = undriven();
        while (!idle.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw IommuException.of(Reason.DRIVER_GONE, "%s of %s has no driver: %s", idle.get(0).name(), machine,
                        String.join("; ", idle.get(0).why()));
            }
            LockSupport.parkNanos(POLL_NANOS);
            idle = undriven();
        }
    }

    private List<UnitReport> undriven() {
        return units().stream().filter(unit -> unit.state() != UnitState.DRIVEN).toList();
    }

    private List<UnitReport> units() {
        UnitStatus reports = status.get();
        return reports == null ? List.of()
                : reports.units().stream().filter(unit -> unit.machine().equals(machine)).toList();
    }

    private void checkGroups(TracePlan plan) {
        List<String> differences = GroupCheck.differences(plan, services.iommu(machine));
        if (!differences.isEmpty()) {
            throw new IommuException(Reason.INCOMPATIBLE, "groups differ from the trace's: "
                    + String.join("; ", differences));
        }
    }

    private Outcome play(TracePlan plan, InventedTopology topology, Settings settings) {
        ProgressLine progress = new ProgressLine(options.showsProgress() ? System.err : null);
        Stage stage = new Stage(services.iommu(machine), services.domains(machine), services.dma(machine),
                services.memory(machine).memory(),
                () -> status.get().counters(machine), () -> units().stream().mapToLong(UnitReport::faults).sum());
        DriverJars jars = settings.swapAt().isEmpty() ? null : driverJars();
        Outcome outcome = new Play(plan, topology::placeOf, stage, settings).run(jars, progress);
        progress.end();
        if (jars != null) {
            jars.restore();
        }
        return outcome;
    }

    private DriverJars driverJars() {
        DriverSwap swapper = swap.get();
        if (swapper == null) {
            throw new IommuException(Reason.NOT_SUPPORTED, "--swap-at: nothing here can swap drivers");
        }
        UnitReport unit = units().get(0);
        String bundle = unit.driver().split(" ")[0];
        Path home = Path.of(System.getProperty("iommu4j.home", ""));
        String name = unit.architecture() + "-driver";
        Path successor = options.successor != null ? options.successor
                : home.resolve("spare").resolve(name + "-next.jar");
        return new DriverJars(swapper, bundle, successor, home.resolve("deploy").resolve(name + ".jar"));
    }
}
