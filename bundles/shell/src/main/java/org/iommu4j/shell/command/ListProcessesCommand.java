package org.iommu4j.shell.command;

import java.util.List;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.AreaReport;
import org.iommu4j.api.sva.ProcessReport;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:list", description = "List the processes, or the areas of one.")
final class ListProcessesCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", arity = "0..1", description = "whose areas")
    private Integer id;

    private record Row(UserProcess process, ProcessReport report) {
    }

    ListProcessesCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        return id == null ? all() : areas(process(id));
    }

    private Answer all() {
        List<Processes> machines = machine == null ? services.processes() : List.of(processes());
        return new Table<Row>()
                .column("machine", row -> row.process.machine())
                .column("process", row -> row.report.id())
                .column("name", row -> row.report.name())
                .column("parent", row -> row.report.parent())
                .column("mapped", row -> row.report.mapped())
                .column("resident", row -> row.report.resident())
                .column("swapped", row -> row.report.swapped())
                .column("faults", row -> row.report.faults())
                .column("reclaimed", row -> row.report.reclaimed())
                .detail("tables", row -> row.report.tables())
                .detail("notifiers", row -> row.report.notifiers())
                .detail("root", row -> Notation.hex(row.process.table().root()))
                .detail("levels", row -> row.process.table().levels())
                .detail("format", row -> row.process.table().format())
                .of(machines.stream().flatMap(each -> each.list().stream())
                        .map(process -> new Row(process, process.report())).toList(), "no processes");
    }

    private static Answer areas(UserProcess process) {
        return new Table<AreaReport>()
                .column("first", area -> Notation.hex(area.first()))
                .column("last", area -> Notation.hex(area.last()))
                .column("access", area -> Access.text(area.access()))
                .column("length", AreaReport::length)
                .of(process.areas(), "no areas");
    }
}
