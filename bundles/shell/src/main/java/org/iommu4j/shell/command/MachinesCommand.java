package org.iommu4j.shell.command;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "machines", description = "List the machines, with what is on each.")
final class MachinesCommand extends Query {
    @Option(names = "--counters", description = "print the machines' own counters as well")
    private boolean counters;

    MachinesCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UnitStatus status = services.status();
        Answer table = new Table<String>()
                .column("machine", name -> name)
                .column("units", name -> status.units().stream().filter(unit -> unit.machine().equals(name)).count())
                .column("devices", name -> size(name, true))
                .column("groups", name -> size(name, false))
                .column("faults", name -> status.units().stream().filter(unit -> unit.machine().equals(name))
                        .mapToLong(unit -> unit.faults()).sum())
                .detail("counters", name -> new TreeMap<>(status.counters(name)))
                .of(status.machines(), "no machine is powered on");
        return counters ? new Answer(table.text() + counterLines(status), table.json()) : table;
    }

    private int size(String machine, boolean devices) {
        return services.machines().stream().filter(ops -> ops.machine().equals(machine))
                .mapToInt(ops -> devices ? ops.devices().size() : ops.groups().size()).sum();
    }

    private static String counterLines(UnitStatus status) {
        return status.machines().stream()
                .flatMap(name -> new TreeMap<>(status.counters(name)).entrySet().stream()
                        .map(counter -> "\n" + line(name, counter)))
                .collect(Collectors.joining());
    }

    private static String line(String machine, Map.Entry<String, Long> counter) {
        return machine + " " + counter.getKey() + " = " + counter.getValue();
    }
}
