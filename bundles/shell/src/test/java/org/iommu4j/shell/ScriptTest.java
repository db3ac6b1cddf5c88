package org.iommu4j.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.shell.command.CommandFailure;
import org.iommu4j.shell.command.Plugin;
import org.iommu4j.shell.command.Services;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts, and commands of other bundles. */
class ScriptTest {
    private final Services services = new Services(jar -> { });
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final List<List<String>> calls = new ArrayList<>();

    @TempDir
    private Path folder;

    private void plugin(long id, String name, BiFunction<String[], PrintStream, Integer> body) {
        services.bind(id, Plugin.of(body, Map.of(Plugin.NAME, name, Plugin.SUMMARY, "What " + name + " does.")));
    }

    /** A command that returns its first word as the exit code. */
    private void exitCommand() {
        plugin(1, "exit-with", (words, to) -> {
            calls.add(List.of(words));
            to.println("exit " + String.join("|", words));
            return Integer.parseInt(words[0]);
        });
    }

    private Outcome run(String input, String... words) {
        return new Interpreter(services, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                Duration.ZERO).run(out, List.of(words));
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void aScriptRunsLineByLineAndPrintsAnswersInOrder() throws IOException {
        exitCommand();
        services.bind(new FakeStatus("intel"));
        Path file = Files.writeString(folder.resolve("demo"), """
                # what is there
                exit-with 0 a   # the rest is no word

                drivers
                  exit-with 0 'b c' "d # e" f#g ''
                """);
        assertEquals(new Outcome(0, ""), run("", "run", file.toString()));
        assertEquals(List.of(List.of("0", "a"), List.of("0", "b c", "d # e", "f#g", "")), calls);
        List<String> lines = printed().lines().toList();
        assertEquals("exit 0|a", lines.get(0));
        assertTrue(lines.get(1).startsWith("ARCHITECTURE"), lines.get(1));
        assertEquals("exit 0|b c|d # e|f#g|", lines.get(3));
    }

    @Test
    void theFirstFailureEndsAScriptWithItsLineAndCode() {
        exitCommand();
        assertEquals(new Outcome(7, "standard input:2: exit-with ended with exit code 7"),
                run("exit-with 0\nexit-with 7\nexit-with 0\n", "run", "-"));
        assertEquals(2, calls.size());
        assertEquals(new Outcome(1, "standard input:3: NO_DEVICE: the status service is not there: "
                + "is bundle org.iommu4j.core active?"), run("\n#\nunits\n", "run", "-"));
        assertEquals(new Outcome(2, "standard input:1: units: Unknown option: '--x' (see units --help)"),
                run("units --x", "run", "-"));
    }

    @Test
    void whatCannotBeReadIsSaid() {
        Path none = folder.resolve("none");
        assertEquals(new Outcome(1, "BAD_INPUT: there is no file " + none), run("", "run", none.toString()));
        assertEquals(1, run("", "run", folder.toString()).code());
        assertEquals(new Outcome(2, "standard input:1: quote ' is never closed"), run("walk 'a", "run", "-"));
        assertEquals(new Outcome(2, "standard input:1: a script cannot run another script"), run("run -", "run", "-"));
        assertEquals(new Outcome(2, "standard input:1: a script cannot run another script"),
                run("iommu:run -", "run", "-"));
    }

    @Test
    void waitForInAScriptSeesWhatComesLater() throws InterruptedException {
        CountDownLatch reached = new CountDownLatch(1);
        plugin(1, "reached", (words, to) -> {
            reached.countDown();
            return 0;
        });
        Thread later = new Thread(() -> {
            try {
                assertTrue(reached.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            plugin(2, "replay", (words, to) -> 0);
        });
        later.start();
        assertEquals(new Outcome(0, ""), run("reached\nwait-for command replay\nreplay\n", "run", "-"));
        later.join();
    }

    @Test
    void commandsOfOtherBundlesAreListedAndVanish() {
        plugin(5, "replay", (words, to) -> 0);
        String help = run("", "--help").text();
        assertTrue(help.contains("replay") && help.contains("What replay does."), help);
        services.unbindPlugin(5);
        assertEquals(2, run("", "replay").code());
    }

    @Test
    void helpOfAnotherBundlesCommandIsItsOwn() {
        exitCommand();
        plugin(9, "replay", (words, to) -> {
            to.println(words[0]);
            return 0;
        });
        assertEquals(new Outcome(0, ""), run("", "replay", "--help"));
        assertEquals("--help\n", printed());
    }

    @Test
    void theLongestRegisteredOfTwoEqualNamesAnswersAndOwnCommandsComeFirst() {
        plugin(9, "replay", (words, to) -> 9);
        plugin(4, "replay", (words, to) -> 4);
        plugin(1, "drivers", (words, to) -> 1);
        assertEquals(4, run("", "replay").code());
        services.bind(new FakeStatus("intel"));
        assertEquals(0, run("", "drivers").code());
    }

    @Test
    void whatAnotherBundlesCommandThrowsIsOneLine() {
        plugin(1, "refuse", (words, to) -> {
            throw IommuException.of(Reason.BAD_INPUT, "line 3: no number");
        });
        plugin(2, "break", (words, to) -> {
            throw new IllegalStateException("wheel");
        });
        assertEquals(new Outcome(1, "BAD_INPUT: line 3: no number"), run("", "refuse"));
        assertEquals(new Outcome(1, "break failed in a way that it does not document: "
                + "java.lang.IllegalStateException: wheel"), run("", "break"));
    }

    @Test
    void gogoGetsTheAnswerAsAValueAndErrorsAsExceptions() {
        services.bind(new FakeStatus("intel"));
        services.bind("intel", new FakeMachine("intel"));
        exitCommand();
        Interpreter interpreter = new Interpreter(services, new ByteArrayInputStream(new byte[0]), Duration.ZERO);
        assertTrue(new GogoCommands.Word(interpreter, "drivers")._main(new String[] {"iommu:drivers"})
                .startsWith("ARCHITECTURE"));
        assertNull(new GogoCommands.Word(interpreter, "wait-for")._main(new String[] {"wait-for", "units"}));
        assertEquals("no processes", new GogoCommands.Word(interpreter, "mm:list")._main(new String[] {"list"}));
        GogoCommands.Word exit = new GogoCommands.Word(interpreter, "exit-with");
        assertEquals("exit-with ended with exit code 3", assertThrows(CommandFailure.class,
                () -> exit._main(new String[] {"exit-with", "3"})).getMessage());
    }
}
