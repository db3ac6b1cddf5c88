package org.iommu4j.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import org.iommu4j.shell.command.Plugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** The component as its container sees it: streams, exit codes, and what Gogo is offered. */
class ShellTest {
    private static final Set<String> OWN = Set.of("machines", "units", "devices", "groups", "domains", "walk",
            "faults", "drivers", "swap", "why", "wait-for", "run", "mm:create", "mm:list", "mm:map", "mm:unmap",
            "mm:protect", "mm:read", "mm:write", "mm:fork", "mm:exit");

    private final Set<String> offered = new ConcurrentSkipListSet<>();
    private final List<String> history = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream systemOut = System.out;
    private final PrintStream systemErr = System.err;
    private final Shell shell = new Shell(context());

    @BeforeEach
    void captureStreams() {
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restoreStreams() {
        System.setOut(systemOut);
        System.setErr(systemErr);
    }

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> {
                    assertEquals("registerService", method.getName());
                    Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[2];
                    String scope = properties.get("osgi.command.scope").toString();
                    String function = properties.get("osgi.command.function").toString();
                    return registration(scope.equals("iommu") ? function : scope + ":" + function);
                });
    }

    private ServiceRegistration<?> registration(String word) {
        assertTrue(offered.add(word), word + " is offered twice");
        history.add("+" + word);
        return (ServiceRegistration<?>) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    assertEquals("unregister", method.getName());
                    assertTrue(offered.remove(word), word + " was not offered");
                    history.add("-" + word);
                    return null;
                });
    }

    private static Map<String, Object> properties(long id, String name) {
        return Map.of(Constants.SERVICE_ID, id, Plugin.NAME, name, Plugin.SUMMARY, "");
    }

    @Test
    void answersGoToTheOutputAndErrorsInOneLineToTheOther() {
        shell.bindStatus(new FakeStatus("intel"));
        assertEquals(0, shell.applyAsInt(new String[] {"why", "dmar0"}));
        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("intel dmar0 is DRIVEN"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        out.reset();
        assertEquals(1, shell.applyAsInt(new String[] {"why", "dmar1"}));
        assertEquals(2, shell.applyAsInt(new String[] {"why"}));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertEquals(List.of("iommu4j: NO_DEVICE: no unit 'dmar1'; there are [dmar0]",
                "iommu4j: why: Missing required parameter: 'UNIT' (see why --help)"),
                err.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void anotherBundlesCommandPrintsByItselfAndGivesTheExitCode() {
        BiFunction<String[], PrintStream, Integer> body = (words, to) -> {
            to.println(words.length + " words");
            return 4;
        };
        shell.bindPlugin(body, properties(11, "replay"));
        assertEquals(4, shell.applyAsInt(new String[] {"replay", "a", "b"}));
        assertEquals(List.of("2 words"), out.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void gogoIsOfferedOwnCommandsAndThoseOfOthersWhileTheyAreThere() {
        BiFunction<String[], PrintStream, Integer> body = (words, to) -> 0;
        shell.bindPlugin(body, properties(11, "replay"));
        shell.bindPlugin(body, properties(12, "replay"));
        shell.bindPlugin(body, properties(13, "units"));
        shell.unbindPlugin(body, properties(11, "replay"));
        shell.unbindPlugin(body, properties(13, "units"));
        shell.unbindPlugin(body, properties(12, "replay"));
        shell.bindPlugin(body, properties(14, "demo"));
        shell.deactivate();
        Set<String> ever = new TreeSet<>(OWN);
        ever.add("replay");
        ever.add("demo");
        assertEquals(ever, new TreeSet<>(history.stream().filter(event -> event.startsWith("+"))
                .map(event -> event.substring(1)).toList()));
        assertTrue(history.indexOf("-replay") < history.indexOf("+demo"), history.toString());
        assertTrue(history.indexOf("-units") > history.indexOf("+demo"), history.toString());
        assertEquals(Set.of(), offered);
    }
}
