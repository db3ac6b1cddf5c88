package org.iommu4j.shell.command;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "groups", description = {"List the groups: their devices, domains and reserved regions, and why they "
        + "are together.", "", "With FILE: the units and groups of the machine that FILE was captured on, with `lspci "
        + "-nnvvvxxxx` run as root. Without --acpi one unit is taken to serve each PCI segment.", ""})
final class GroupsCommand extends MachineQuery {
    @Parameters(index = "0", arity = "0..1", paramLabel = "FILE", description = "output of lspci -nnvvvxxxx")
    private Path file;

    @Option(names = "--acpi", paramLabel = "FILE",
            description = "the machine's DMAR, IVRS or IORT table, as /sys/firmware/acpi/tables has it")
    private Path acpi;

    GroupsCommand(Services services) {
        super(services);
    }

    private record Row(String machine, IommuGroup group) {
    }

    @Override
    public boolean needsUnits() {
        return file == null;
    }

    @Override
    public Answer call() {
        if (file != null) {
            return captured();
        }
        if (acpi != null) {
            throw new CommandFailure(ExitCode.USAGE, "groups: --acpi goes with a FILE of lspci's output");
        }
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

    private Answer captured() {
        if (machine != null) {
            throw new CommandFailure(ExitCode.USAGE, "groups: --machine and a FILE exclude each other");
        }
        try (CapturedMachine from = CapturedMachine.of(services, file, acpi)) {
            return new CapturedGroups(from.notes(), from.units(), from.groups()).answer();
        }
    }

    private static String notes(Row row) {
        String head = "\n" + row.machine + " group " + row.group.id() + ": ";
        return row.group.reservedRegions().stream().map(region -> head + "reserved " + text(region))
                .collect(Collectors.joining())
                + row.group.reasons().stream().map(reason -> head + reason).collect(Collectors.joining());
    }

    static String text(ReservedRegion region) {
        return Notation.hex(region.start()) + "-" + Notation.hex(region.last()) + " " + region.kind();
    }
}
