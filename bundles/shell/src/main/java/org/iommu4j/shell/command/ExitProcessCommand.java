package org.iommu4j.shell.command;

import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:exit", description = "End a process, whatever its devices do.")
final class ExitProcessCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "PROCESS", description = "its number")
    private int id;

    ExitProcessCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UserProcess process = process(id);
        process.exit();
        return about("process " + id + " has ended", process);
    }
}
