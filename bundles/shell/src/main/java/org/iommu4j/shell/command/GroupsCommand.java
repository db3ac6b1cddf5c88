package org.iommu4j.shell.command;

import java.util.List;
import java.util.stream.Collectors;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;

@Command(name = "groups", description = "List the groups: their devices, domains and reserved regions, and why they "
        + "are together.")
final class GroupsCommand extends MachineQuery {
    GroupsCommand(Services services) {
        super(services);
    }

    private record Row(String machine, IommuGroup group) {
    }

    @Override
    public Answer call() {
        List<Row> rows = services.machinesNamed(machine).stream()
                .flatMap(ops -> ops.groups().stream().map(group -> new Row(ops.machine(), group))).toList();
        Answer table = new Table<Row>()
                .column("machine", Row::machine)
                .column("group", row -> row.group.id())
                .column("domain", row -> DomainName.of(row.group.domain()))
                .column("default", row -> DomainName.of(row.group.defaultDomain()))
                .column("devices", row -> row.group.devices().stream().map(Device::address).toList())
                .detail("reserved", row -> row.group.reservedRegions().stream().map(GroupsCommand::text).toList())
                .detail("reasons", row -> row.group.reasons())
                .of(rows, "no groups");
        return new Answer(table.text() + rows.stream().map(GroupsCommand::notes).collect(Collectors.joining()),
                table.json());
    }

    private static String notes(Row row) {
        String head = "\n" + row.machine + " group " + row.group.id() + ": ";
        return row.group.reservedRegions().stream().map(region -> head + "reserved " + text(region))
                .collect(Collectors.joining())
                + row.group.reasons().stream().map(reason -> head + reason).collect(Collectors.joining());
    }

    private static String text(ReservedRegion region) {
        return Notation.hex(region.start()) + "-" + Notation.hex(region.last()) + " " + region.kind();
    }
}
