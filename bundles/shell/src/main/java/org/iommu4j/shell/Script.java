package org.iommu4j.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.shell.command.CommandFailure;

/**
 * Runs a file of commands, one a line. Notation are separated by blanks; single or double quotes keep blanks in a word;
 * {@code #} at the beginning of a word begins a comment.
 */
final class Script {
    private static final String STANDARD_INPUT = "-";

    private final Function<List<String>, Outcome> interpreter;
    private final InputStream input;
    private final PrintStream out;

    Script(Function<List<String>, Outcome> interpreter, InputStream input, PrintStream out) {
        this.interpreter = interpreter;
        this.input = input;
        this.out = out;
    }

    /**
     * Runs line by line and prints each answer as it comes.
     *
     * @throws CommandFailure at the first line that fails, with its number and exit code
     * @throws IommuException BAD_INPUT if the file cannot be read
     */
    void run(String file) {
        String name = file.equals(STANDARD_INPUT) ? "standard input" : file;
        try (BufferedReader lines = open(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                runLine(name + ":" + ++number, line);
            }
        } catch (NoSuchFileException e) {
            throw IommuException.of(Reason.BAD_INPUT, "there is no file %s", name);
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, "cannot read " + name + ": " + e.getMessage(), e);
        }
    }

    private BufferedReader open(String file) throws IOException {
        return file.equals(STANDARD_INPUT) ? new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(file));
    }

    private void runLine(String where, String line) {
        List<String> words = words(where, line);
        if (words.isEmpty()) {
            return;
        }
        if (Interpreter.word(words).equals("run")) {
            throw new CommandFailure(Outcome.USAGE, where + ": a script cannot run another script");
        }
        Outcome outcome = interpreter.apply(words);
        if (outcome.code() != 0) {
            throw new CommandFailure(outcome.code(), where + ": " + (outcome.text().isEmpty()
                    ? words.get(0) + " ended with exit code " + outcome.code() : outcome.text()));
        }
        if (!outcome.text().isEmpty()) {
            out.println(outcome.text());
        }
    }

    private static List<String> words(String where, String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (char c : line.toCharArray()) {
            if (quote != 0 ? c == quote : c == '"' || c == '\'') {
                quote = quote == 0 ? c : 0;
                word = word == null ? new StringBuilder() : word;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                }
                word = null;
            } else if (quote == 0 && word == null && c == '#') {
                return words;
            } else {
                word = (word == null ? new StringBuilder() : word).append(c);
            }
        }
        if (quote != 0) {
            throw new CommandFailure(Outcome.USAGE, where + ": quote " + quote + " is never closed");
        }
        if (word != null) {
            words.add(word.toString());
        }
        return words;
    }
}
