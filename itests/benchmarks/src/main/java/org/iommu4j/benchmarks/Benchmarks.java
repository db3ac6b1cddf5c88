package org.iommu4j.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks, the floor always among them, and prints what each costs as a multiple of it. */
public final class Benchmarks {
    private static final String JSON = "--json";

    private Benchmarks() {
    }

    /** @param args JMH's own, patterns of benchmarks among them; {@code --json FILE} writes the table as JSON too */
    public static void main(String[] args) throws RunnerException, CommandLineOptionException, IOException {
        List<String> rest = new ArrayList<>(Arrays.asList(args));
        Path json = null;
        int at = rest.indexOf(JSON);
        if (at >= 0) {
            if (at + 1 == rest.size()) {
                System.err.println("benchmarks: " + JSON + " needs the name of a file");
                System.exit(2);
            }
            json = Path.of(rest.remove(at + 1));
            rest.remove(at);
        }
        CommandLineOptions given = new CommandLineOptions(rest.toArray(new String[0]));
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
        if (given.shouldHelp()) {
            given.showHelp();
            return;
        }
        if (!given.getIncludes().isEmpty()) {
            given.getIncludes().forEach(options::include);
            Row.ALL.stream().map(Row::floor).distinct().forEach(floor -> options.include(floor + "$"));
        }
        Report report = new Report(new Runner(options.shouldFailOnError(true).build()).run());
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
    }
}
