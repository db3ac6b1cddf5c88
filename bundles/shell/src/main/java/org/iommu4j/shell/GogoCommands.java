package org.iommu4j.shell;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.iommu4j.shell.command.CommandFailure;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Gives Gogo a command for every word that the interpreter knows. Commands of other bundles come
 * and go, and Gogo reads a service's properties once: so each word is a service of its own. A thread of its own
 * registers them, because whoever binds a service must not register one meanwhile.
 */
final class GogoCommands implements AutoCloseable {
    private static final long CLOSE_SECONDS = 2;

    private final BundleContext context;
    private final Interpreter interpreter;
    private final Map<String, ServiceRegistration<Word>> words = new HashMap<>();
    private final ExecutorService registrar = Executors.newSingleThreadExecutor(body -> {
        Thread thread = new Thread(body, "iommu4j-shell-gogo");
        thread.setDaemon(true);
        return thread;
    });

    /** What Gogo calls for a word: any of its commands, the word first. */
    public static final class Word {
        private final Interpreter interpreter;
        private final String name;

        Word(Interpreter interpreter, String name) {
            this.interpreter = interpreter;
            this.name = name;
        }

        /**
         * The method name is Gogo's own for "takes all words as they are".
         *
         * @param line the command and its words
         * @return what Gogo prints or passes on, or null
         */
        public String _main(String[] line) {
            List<String> words = new ArrayList<>(List.of(line));
            words.set(0, name);
            Outcome outcome = interpreter.run(System.out, words);
            if (outcome.code() != 0) {
                throw new CommandFailure(outcome.code(), outcome.text().isEmpty()
                        ? name + " ended with exit code " + outcome.code() : outcome.text());
            }
            return outcome.text().isEmpty() ? null : outcome.text();
        }
    }

    GogoCommands(BundleContext context, Interpreter interpreter) {
        this.context = context;
        this.interpreter = interpreter;
    }

    /** Makes a word known; nothing happens if it is. */
    void add(String word) {
        registrar.execute(() -> words.computeIfAbsent(word, this::register));
    }

    /** Forgets a word. */
    void remove(String word) {
        registrar.execute(() -> {
            ServiceRegistration<Word> registration = words.remove(word);
            if (registration != null) {
                registration.unregister();
            }
        });
    }

    /** Forgets all words, within a bound; the framework takes back what is left when the bundle stops. */
    @Override
    public void close() {
        registrar.execute(() -> {
            new ArrayList<>(words.values()).forEach(ServiceRegistration::unregister);
            words.clear();
        });
        registrar.shutdown();
        try {
            registrar.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ServiceRegistration<Word> register(String word) {
        Dictionary<String, Object> properties = new Hashtable<>();
        int colon = word.indexOf(':');
        properties.put("osgi.command.scope", colon < 0 ? "iommu" : word.substring(0, colon));
        properties.put("osgi.command.function", word.substring(colon + 1));
        return context.registerService(Word.class, new Word(interpreter, word), properties);
    }
}
