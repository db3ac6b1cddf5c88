package org.iommu4j.shell;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.shell.command.CommandFailure;
import org.iommu4j.shell.command.Commands;
import org.iommu4j.shell.command.Plugin;
import org.iommu4j.shell.command.Query;
import org.iommu4j.shell.command.Services;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The one parser: words in, {@link Outcome} out. Any thread; every call parses with command objects of its own. */
final class Interpreter {
    private static final Logger LOG = LoggerFactory.getLogger(Interpreter.class);
    private static final String SCOPE = "iommu:";

    private final Services services;
    private final InputStream input;
    private final Duration start;
    private final AtomicBoolean started = new AtomicBoolean();

    @Command(name = "iommu4j", description = "Look at machines, units and domains, and swap drivers.",
            footer = "%nEvery command explains itself with --help. Exit codes: 0 done, 1 failed, 2 wrong usage.")
    private static final class Root {
        @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help")
        private boolean help;
    }

    /**
     * @param input what a script named {@code -} is read from
     * @param start how long the first command that looks at units waits for them to be started, at most
     */
    Interpreter(Services services, InputStream input, Duration start) {
        this.services = services;
        this.input = input;
        this.start = start;
    }

    /** Names of this bundle's own commands. */
    List<String> names() {
        return List.copyOf(own(System.out).getSubcommands().keySet());
    }

    /**
     * Runs one command.
     *
     * @param out where scripts and commands of other bundles print while they run
     */
    Outcome run(PrintStream out, List<String> words) {
        CommandLine line = own(out);
        if (words.isEmpty()) {
            return new Outcome(Outcome.USAGE, usage(line));
        }
        String name = word(words);
        List<String> rest = words.subList(1, words.size());
        try {
            boolean own = line.getSubcommands().containsKey(name);
            if (!own && services.plugin(name).isPresent()) {
                return call(services.plugin(name).get(), rest, out);
            }
            if (!own && !name.startsWith("-")) {
                return new Outcome(Outcome.USAGE, "there is no command '" + name + "'; there are "
                        + String.join(", ", allNames(line)));
            }
            return answer(line, name, rest);
        } catch (ParameterException e) {
            return new Outcome(Outcome.USAGE, usageError(e));
        } catch (CommandFailure e) {
            return new Outcome(e.code(), e.getMessage());
        } catch (IommuException e) {
            return new Outcome(Outcome.FAILED, e.toString());
        } catch (RuntimeException e) {
            LOG.error("command {} failed", name, e);
            return new Outcome(Outcome.FAILED, name + " failed in a way that it does not document: " + e);
        }
    }

    /** The command of a line, without the scope that Gogo knows it by. */
    static String word(List<String> words) {
        String first = words.get(0);
        return first.startsWith(SCOPE) ? first.substring(SCOPE.length()) : first;
    }

    private Outcome answer(CommandLine line, String name, List<String> rest) {
        List<String> words = new ArrayList<>(rest);
        words.add(0, name);
        ParseResult result = line.parseArgs(words.toArray(String[]::new));
        while (result.hasSubcommand()) {
            result = result.subcommand();
        }
        CommandLine target = result.commandSpec().commandLine();
        if (result.isUsageHelpRequested()) {
            return Outcome.done(target == line ? usage(line) : target.getUsageMessage(Ansi.OFF).stripTrailing());
        }
        if (target == line) {
            return new Outcome(Outcome.USAGE, usage(line));
        }
        Query query = target.getCommand();
        if (query.needsUnits()) {
            awaitStart();
        }
        return Outcome.done(query.print());
    }

    private static Outcome call(Plugin plugin, List<String> words, PrintStream out) {
        int code = plugin.body().apply(words.toArray(String[]::new), out);
        out.flush();
        return new Outcome(code, "");
    }

    /** Only the first command waits: who types later ones sees what is there now. */
    private void awaitStart() {
        if (!started.get()) {
            services.await(() -> services.unitsAre(null, state -> state != UnitState.OFF), start);
            started.set(true);
        }
    }

    private CommandLine own(PrintStream out) {
        CommandLine line = new CommandLine(new Root());
        Script script = new Script(words -> run(out, words), input, out);
        Commands.all(services, script::run).forEach(line::addSubcommand);
        return line;
    }

    private String usage(CommandLine line) {
        for (Plugin plugin : services.plugins()) {
            if (!line.getSubcommands().containsKey(plugin.name())) {
                CommandSpec spec = CommandSpec.create();
                spec.usageMessage().description(plugin.summary());
                line.addSubcommand(plugin.name(), spec);
            }
        }
        return line.getUsageMessage(Ansi.OFF).stripTrailing();
    }

    private TreeSet<String> allNames(CommandLine line) {
        TreeSet<String> names = new TreeSet<>(line.getSubcommands().keySet());
        services.plugins().forEach(plugin -> names.add(plugin.name()));
        return names;
    }

    private static String usageError(ParameterException e) {
        String command = e.getCommandLine().getCommandName();
        return command + ": " + e.getMessage().lines().findFirst().orElse("") + " (see " + command + " --help)";
    }
}
