package org.iommu4j.shell.command;

import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:fork", description = "Fork a process: both share their pages until one of them writes.")
final class ForkProcessCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    ForkProcessCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UserProcess child = process(id).fork();
        return about("process " + child.id(), child);
    }
}
