package org.iommu4j.shell.command;

import java.util.concurrent.Callable;
import org.iommu4j.shell.answer.Answer;
import picocli.CommandLine.Option;

/** What all commands have in common. An instance serves one call. */
public abstract class Query implements Callable<Answer> {
    final Services services;

    @Option(names = "--json", description = "print JSON, for programs")
    private boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    private boolean help;

    Query(Services services) {
        this.services = services;
    }

    /** @throws org.iommu4j.api.IommuException if there is no answer; state is as before then */
    @Override
    public abstract Answer call();

    /** True if it looks at units, so that it should not run before they had a chance to start. */
    public boolean needsUnits() {
        return true;
    }

    /** The answer in the form that was asked for. */
    public String print() {
        Answer answer = call();
        return json ? answer.jsonText() : answer.text();
    }
}
