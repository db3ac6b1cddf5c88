package org.iommu4j.shell.command;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "wait-for", description = "Wait until something is there, so that a script needs no pause.")
final class WaitForCommand extends Query {
    /** What can be waited for. */
    private enum Thing { units, machine, driver, command }

    @Parameters(index = "0", paramLabel = "THING", description = "units (all are driven, at least one), machine, "
            + "driver or command")
    private Thing thing;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "machine: its name, also for units; "
            + "driver: its bundle; command: its word")
    private String name;

    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "30",
            description = "give up after this long (default: ${DEFAULT-VALUE})")
    private int seconds;

    WaitForCommand(Services services) {
        super(services);
    }

    @Override
    public boolean needsUnits() {
        return false;
    }

    @Override
    public Answer call() {
        if (name == null && thing != Thing.units) {
            throw IommuException.of(Reason.INCOMPATIBLE, "wait-for %s needs a NAME", thing);
        }
        if (!services.await(this::there, Duration.ofSeconds(seconds))) {
            throw IommuException.of(Reason.TIMEOUT, "%s: not there within %d s%s", what(), seconds, states());
        }
        return Answer.of("", Map.of("thing", thing, "there", true));
    }

    private boolean there() {
        return switch (thing) {
            case units -> services.unitsAre(name, UnitState.DRIVEN::equals);
            case machine -> services.machines().stream().anyMatch(ops -> ops.machine().equals(name));
            case driver -> services.statusNow().map(status -> status.drivers().stream()
                    .anyMatch(driver -> driver.bundle().equals(name) || driver.bundle().startsWith(name + " ")))
                    .orElse(false);
            case command -> services.plugin(name).isPresent();
        };
    }

    private String what() {
        return name == null ? thing.toString() : thing + " " + name;
    }

    private String states() {
        if (thing != Thing.units) {
            return "";
        }
        List<UnitReport> units = services.units(name);
        return units.isEmpty() ? ", there is no unit" : ", but " + units.stream()
                .map(unit -> unit.machine() + " " + unit.name() + " is " + unit.state())
                .collect(Collectors.joining(", "));
    }
}
