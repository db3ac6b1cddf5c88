package org.iommu4j.shell.command;

import org.iommu4j.api.status.DriverReport;
import org.iommu4j.shell.answer.Answer;
import org.iommu4j.shell.answer.Table;
import picocli.CommandLine.Command;

@Command(name = "drivers", description = "List the drivers and how many units each is in charge of.")
final class DriversCommand extends Query {
    DriversCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        return new Table<DriverReport>()
                .column("architecture", DriverReport::architecture)
                .column("bundle", DriverReport::bundle)
                .column("bundleId", DriverReport::bundleId)
                .column("ranking", DriverReport::ranking)
                .column("units", DriverReport::units)
                .column("pinned", DriverReport::pinned)
                .of(services.status().drivers(), "no drivers");
    }
}
