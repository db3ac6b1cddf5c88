package org.iommu4j.shell.command;

import java.util.List;
import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;

@Command(name = "faults", description = "List the newest DMA faults, oldest first.")
final class FaultsCommand extends MachineQuery {
    FaultsCommand(Services services) {
        super(services);
    }

    private record Row(String machine, DmaFault fault) {
    }

    @Override
    public Answer call() {
        checkMachine();
        UnitStatus status = services.status();
        List<Row> rows = status.machines().stream().filter(this::wanted)
                .flatMap(name -> status.faults(name).stream().map(fault -> new Row(name, fault))).toList();
        long now = System.nanoTime();
        return new Table<Row>()
                .column("machine", Row::machine)
                .column("unit", row -> row.fault.unit())
                .column("age", row -> Notation.duration(now - row.fault.timeNanos()))
                .column("source", row -> row.fault.source())
                .column("pasid", row -> pasid(row.fault))
                .column("iova", row -> Notation.hex(row.fault.iova()))
                .column("access", row -> Protection.text(row.fault.access()))
                .column("code", row -> Notation.hex(row.fault.code()))
                .column("reason", row -> row.fault.text())
                .detail("ageNanos", row -> now - row.fault.timeNanos())
                .of(rows, "no faults");
    }

    private static Integer pasid(DmaFault fault) {
        return fault.pasid() == FaultSink.NO_PASID ? null : Integer.valueOf(fault.pasid());
    }
}
