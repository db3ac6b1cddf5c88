package org.iommu4j.replay.command;

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
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.replay.machine.Board;
import org.iommu4j.replay.plan.TracePlan;
import org.iommu4j.replay.play.Outcome;
import org.iommu4j.replay.play.Play;
import org.iommu4j.replay.play.Settings;
import org.iommu4j.replay.play.Stage;
import org.iommu4j.replay.play.StandingPage;
import org.iommu4j.replay.report.ReplayReport;
import org.iommu4j.replay.trace.TraceException;
import org.iommu4j.replay.trace.TraceSource;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** One run of the command: reads the trace, brings a machine up, plays, takes the machine down. */
final class ReplayRun {
    private static final long DRIVEN_BOUND_NANOS = 10_000_000_000L;
    private static final long POLL_NANOS = 2_000_000;

    private final String machine;
    private final String template;
    private final ReplayOptions options;
    private final ConfigurationAdmin configurations;
    private final MachineServices services;
    private final AtomicReference<UnitStatus> status;
    private final AtomicReference<DriverSwap> swap;
    private final MachineFailures failures;
    private final Phases phases = new Phases();
    private List<WalkStep> walk = List.of();

    /**
     * @param machine name of the fresh machine
     * @param template what it is made from
     */
    ReplayRun(String machine, String template, ReplayOptions options, ConfigurationAdmin configurations,
            MachineServices services, AtomicReference<UnitStatus> status, AtomicReference<DriverSwap> swap,
            MachineFailures failures) {
        this.machine = machine;
        this.template = template;
        this.options = options;
        this.configurations = configurations;
        this.services = services;
        this.status = status;
        this.swap = swap;
        this.failures = failures;
    }

    /** Called once. */
    ReplayReport run() throws TraceException {
        Settings settings = options.settings(template);
        TracePlan plan = TracePlan.read(TraceSource.of(options.trace));
        phases.end("read");
        Board board = Board.of(template, machine, plan, settings);
        Configuration configuration = configure(board);
        try {
            services.await(machine, failures);
            awaitDriven();
            checkGroups(board);
            phases.end("machine");
            Outcome outcome = play(plan, board, settings);
            phases.end("play");
            return new ReplayReport(plan, template, settings, outcome, plan.counts().invalidations(),
                    phases.nanos(), board.notes(), walk);
        } finally {
            delete(configuration);
            services.awaitGone(machine);
        }
    }

    private Configuration configure(Board board) {
        try {
            Configuration configuration = configurations.getFactoryConfiguration(board.factory(), machine, "?");
            configuration.update(new Hashtable<>(board.properties()));
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

    private void checkGroups(Board board) {
        List<String> differences = board.differences(services.iommu(machine));
        if (!differences.isEmpty()) {
            throw new IommuException(Reason.INCOMPATIBLE, "groups differ from the trace's: "
                    + String.join("; ", differences));
        }
    }

    private Outcome play(TracePlan plan, Board board, Settings settings) {
        ProgressLine progress = new ProgressLine(options.showsProgress() ? System.err : null);
        Stage stage = new Stage(services.iommu(machine), services.domains(machine), services.dma(machine),
                services.memory(machine).memory(),
                () -> status.get().counters(machine), () -> units().stream().mapToLong(UnitReport::faults).sum());
        DriverJars jars = settings.swapAt().isEmpty() ? null : driverJars();
        Outcome outcome = new Play(plan, board.cast(stage.memory()), stage, settings).run(jars, progress, this::walk);
        progress.end();
        if (jars != null) {
            jars.restore();
        }
        return outcome;
    }

    private void walk(StandingPage page) {
        if (options.walk) {
            walk = status.get().walk(machine, page.device(), page.iova());
        }
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
