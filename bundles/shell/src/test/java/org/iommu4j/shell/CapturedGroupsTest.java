package org.iommu4j.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.shell.command.Services;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** {@code groups FILE}: a machine comes with its configuration and goes with it. */
class CapturedGroupsTest {
    private final Services services = new Services(jar -> { });
    private final Interpreter interpreter =
            new Interpreter(services, new ByteArrayInputStream(new byte[0]), Duration.ZERO);
    private final List<String> log = new ArrayList<>();
    private String name;
    private Path file;

    @BeforeEach
    void bindAll() {
        services.bind(fake(ConfigurationAdmin.class, (method, arguments) -> {
            name = (String) arguments[1];
            return fake(Configuration.class, this::configured);
        }));
    }

    private Object configured(String method, Object[] arguments) throws Exception {
        if (method.equals("update")) {
            Dictionary<?, ?> properties = (Dictionary<?, ?>) arguments[0];
            assertEquals(name, properties.get("machine"));
            file = Path.of((String) properties.get("file"));
            log.add("up with " + Files.readString(file));
            services.bind(new FakeStatus(name));
            services.bind(name, new FakeMachine(name, "01:00.0", "01:00.1"));
        } else {
            log.add(method);
            services.unbind(name, services.machine(name));
            services.bind(new FakeStatus());
        }
        return null;
    }

    private void maker(String definition) {
        services.bindCapturedMachines(words -> {
            log.add(String.join(" ", words).replace(name == null ? "captured" : name, "captured"));
            return definition;
        });
    }

    private Outcome run(String... words) {
        return interpreter.run(System.out, List.of(words));
    }

    @Test
    void aMachineIsMadeShownAndTakenDown() {
        maker("{\"notes\": [\"the moon is assumed to be round\"]}");

        Outcome outcome = run("groups", "my.txt", "--acpi", "dmar.dat");

        assertEquals(0, outcome.code(), outcome.text());
        assertTrue(outcome.text().contains("0000:01:00.1"), outcome.text());
        assertTrue(outcome.text().endsWith("note: the moon is assumed to be round"), outcome.text());
        assertTrue(log.get(0).endsWith(" my.txt dmar.dat"), log.toString());
        assertEquals("delete", log.get(2));
        assertFalse(Files.exists(file));
    }

    @Test
    void programsGetUnitsGroupsAndNotes() {
        maker("{}");

        JsonObject answer = Json.createReader(new StringReader(run("groups", "my.txt", "--json").text())).readObject();

        assertEquals("0000:01:00.0",
                answer.getJsonArray("groups").getJsonObject(0).getJsonArray("devices").getString(0));
        assertFalse(answer.getJsonArray("units").isEmpty());
        assertTrue(answer.getJsonArray("notes").isEmpty());
    }

    @Test
    void aFileThatIsRefusedLeavesNoMachine() {
        services.bindCapturedMachines(words -> {
            throw new IommuException(Reason.BAD_INPUT, "my.txt line 3: 'x' is no line of lspci -vvv");
        });

        Outcome outcome = run("groups", "my.txt");

        assertEquals(new Outcome(1, "BAD_INPUT: my.txt line 3: 'x' is no line of lspci -vvv"), outcome);
        assertEquals(List.of(), log);
    }

    @Test
    void optionsThatDoNotGoTogetherAreWrongUsage() {
        assertEquals(2, run("groups", "--acpi", "dmar.dat").code());
        assertEquals(2, run("groups", "my.txt", "--machine", "intel").code());
    }

    private interface Call {
        Object of(String method, Object[] arguments) throws Exception;
    }

    private static <S> S fake(Class<S> type, Call call) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> call.of(method.getName(), arguments)));
    }
}
