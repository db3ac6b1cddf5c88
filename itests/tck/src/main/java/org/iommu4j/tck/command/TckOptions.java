package org.iommu4j.tck.command;

import java.nio.file.Path;
import java.util.Iterator;
import org.iommu4j.tck.machine.MachineKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a user can say to {@code tck}. */
@Command(name = "tck", sortOptions = false, description = {
    "Holds an IOMMU driver against the laws that every driver has to keep, on a machine.",
    "", "The machine is a fresh one, or one that runs already under that name. Every law gets a line: passed; failed, "
    + "with what was expected and what was got; not applicable, with what the machine lacks; or deviates: this kind of "
    + "machine is known not to keep the specification there. The exit code is 0 only if no law failed and every known "
    + "deviation showed.", ""})
final class TckOptions {
    @Option(names = "--machine", paramLabel = "NAME", defaultValue = "intel",
            description = "a machine that is up, or one of ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})",
            completionCandidates = Kinds.class)
    String machine;

    @Option(names = "--driver", paramLabel = "JAR", description = "the driver; it takes the place of the one in charge "
            + "of all machines for the time of the run (default: the one in charge)")
    Path driver;

    @Option(names = "--law", paramLabel = "WORDS", description = "only laws whose names contain these words, or "
            + "those of a room, such as invalidation")
    String law = "";

    @Option(names = "--json", description = "print JSON instead of text")
    boolean json;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
    boolean help;

    /** The kinds of machines. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return MachineKind.names().iterator();
        }
    }
}
