package org.iommu4j.shell.command;

import org.iommu4j.api.status.DomainReport;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Notation;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;

@Command(name = "domains", description = "List the domains and the groups that are in each.")
final class DomainsCommand extends MachineQuery {
    DomainsCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        checkMachine();
        return new Table<DomainReport>()
                .column("machine", DomainReport::machine)
                .column("domain", DomainReport::id)
                .column("type", DomainReport::type)
                .column("lastIova", domain -> Notation.hex(domain.lastIova()))
                .column("pageSizes", domain -> Notation.pageSizes(domain.pageSizes()))
                .column("groups", DomainReport::groups)
                .of(services.status().domains().stream().filter(domain -> wanted(domain.machine())).toList(),
                        "no domains");
    }
}
