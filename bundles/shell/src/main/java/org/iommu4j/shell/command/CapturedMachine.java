package org.iommu4j.shell.command;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.api.status.UnitState;
import org.osgi.service.cm.Configuration;

/** A machine that looks like a real one, from its configuration to its end. One thread. */
final class CapturedMachine implements AutoCloseable {
    private static final String MACHINE_FACTORY = "org.iommu4j.hwsim";
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Services services;
    private final String name;
    private final List<String> notes;
    private final Path file;
    private final Configuration configuration;

    private CapturedMachine(Services services, String name, String definition) throws IOException {
        this.services = services;
        this.name = name;
        this.notes = notes(definition);
        this.configuration = services.configurations().getFactoryConfiguration(MACHINE_FACTORY, name, "?");
        this.file = Files.createTempFile("iommu4j-machine-", ".json");
        Files.writeString(file, definition);
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("machine", name);
        properties.put("file", file.toString());
        configuration.update(properties);
    }

    /**
     * Brings the machine up and waits until its units are known.
     *
     * @param acpi null for none
     * @throws IommuException BAD_INPUT if no machine can be made of the files, TIMEOUT if no driver takes it
     */
    static CapturedMachine of(Services services, Path lspci, Path acpi) {
        String name = "captured-" + NUMBERS.incrementAndGet();
        services.await(services::canMakeMachines, BOUND);
        String definition = services.capturedMachines()
                .apply(new String[] {name, lspci.toString(), acpi == null ? "" : acpi.toString()});
        try {
            CapturedMachine machine = new CapturedMachine(services, name, definition);
            machine.awaitUnits();
            return machine;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "machine " + name + " cannot be configured: " + e, e);
        }
    }

    /** What had to be assumed, one sentence each. */
    List<String> notes() {
        return notes;
    }

    List<UnitReport> units() {
        return services.units(name);
    }

    List<IommuGroup> groups() {
        return services.machine(name).groups();
    }

    /** @throws IommuException TIMEOUT if the machine does not go */
    @Override
    public void close() {
        try {
            configuration.delete();
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "the configuration of machine " + name + " cannot be deleted: " + e, e);
        }
        if (!services.await(() -> services.isGone(name), BOUND)) {
            throw IommuException.of(Reason.TIMEOUT, "machine %s is not gone after %d s", name, BOUND.toSeconds());
        }
    }

    private void awaitUnits() {
        if (services.await(() -> services.unitsAre(name, state -> state != UnitState.OFF), BOUND)) {
            return;
        }
        List<String> why = units().stream().flatMap(unit -> unit.why().stream()).toList();
        close();
        throw IommuException.of(Reason.TIMEOUT, "no driver took the machine's units within %d s: %s", BOUND.toSeconds(),
                why.isEmpty() ? "it found none, the log may say why" : String.join("; ", why));
    }

    private static List<String> notes(String definition) {
        try (JsonReader reader = Json.createReader(new StringReader(definition))) {
            JsonObject machine = reader.readObject();
            return machine.containsKey("notes")
                    ? machine.getJsonArray("notes").getValuesAs(JsonString::getString) : List.of();
        }
    }
}
