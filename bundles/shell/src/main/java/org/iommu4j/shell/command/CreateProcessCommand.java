package org.iommu4j.shell.command;

import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "mm:create", description = "Begin a process.")
final class CreateProcessCommand extends ProcessQuery {
    @Parameters(index = "0", paramLabel = "NAME", arity = "0..1", defaultValue = "shell", description = "for people")
    private String name;

    CreateProcessCommand(Services services) {
        super(services);
    }

    @Override
    public Answer call() {
        UserProcess process = processes().create(name);
        return about("process " + process.id(), process);
    }
}
