package org.iommu4j.shell.command;

import org.iommu4j.api.status.UnitReport;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;

@Command(name = "units", description = "List the IOMMU units and who drives each.")
final class UnitsCommand extends MachineQuery {
    UnitsCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        checkMachine();
        return new Table<UnitReport>()
                .column("machine", UnitReport::machine)
                .column("unit", UnitReport::name)
                .column("registers", unit -> Notation.hex(unit.registerBase()))
                .column("architecture", UnitReport::architecture)
                .column("state", UnitReport::state)
                .column("driver", unit -> unit.driver().isEmpty() ? null : unit.driver())
                .column("devices", UnitReport::devices)
                .column("domains", UnitReport::domains)
                .column("faults", UnitReport::faults)
                .detail("capabilities", UnitReport::capabilities)
                .detail("queue", UnitReport::queue)
                .detail("why", UnitReport::why)
                .of(services.status().units().stream().filter(unit -> wanted(unit.machine())).toList(), "no units");
    }
}
