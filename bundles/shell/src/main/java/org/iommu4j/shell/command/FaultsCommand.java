package org.iommu4j.shell.command;

import java.util.List;
import org.iommu4j.api.Protection;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.fault.FaultSink;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Table;
import org.iommu4j.shell.answer.Words;
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
        long now = System.nanoTime();
        List<Row> rows = status.machines().stream().filter(this::wanted)
                .flatMap(name -> status.faults(name).stream().map(fault -> new Row(name, fault))).toList();
        return new Table<Row>()
                .column("machine", Row::machine)
                .column("unit", row -> row.fault.unit())
                .column("age", row -> Words.duration(Math.max(0, now - row.fault.timeNanos())))
                .column("source", row -> row.fault.source())
                .column("pasid", row -> row.fault.pasid() == FaultSink.NO_PASID ? "-" : row.fault.pasid())
                .column("iova", row -> Words.hex(row.fault.iova()))
                .column("access", row -> Protection.text(row.fault.access()))
                .column("code", row -> Words.hex(row.fault.code()))
                .column("reason", row -> row.fault.text())
                .of(rows, "no faults");
    }
}
