package org.iommu4j.shell.command;

import java.util.Map;
import java.util.function.Consumer;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Run a script: one command a line, # begins a comment, the first failure ends it.")
final class RunCommand extends Query {
    @Parameters(index = "0", paramLabel = "FILE", description = "the script; - is the standard input")
    private String file;

    private final Consumer<String> script;

    /** @param script runs a file; throws if a line fails */
    RunCommand(Services services, Consumer<String> script) {
        super(services);
        this.script = script;
    }

    @Override
    public boolean needsUnits() {
        return false;
    }

    @Override
    public Answer call() {
        script.accept(file);
        return Answer.of("", Map.of("file", file, "done", true));
    }
}
