package org.iommu4j.tck.machine;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A kind of machine that the kit can ask the container for: a bundled machine of the simulator, a variant of it, whose
 * unit has other capability registers, or a board of QEMU's.
 *
 * @param name what users call it
 * @param factory of the configuration that brings such a machine
 */
public record MachineKind(String name, String factory) {
    private static final String SIMULATOR = "org.iommu4j.hwsim";
    private static final String QEMU = "org.iommu4j.qemu";
    private static final List<String> BUNDLED = List.of("intel", "arm", "amd");
    /** By name, with the program that plays them. */
    private static final Map<String, String> BOARDS = new TreeMap<>(Map.of("qemu-intel", "qemu-system-x86_64",
            "qemu-intel-scalable", "qemu-system-x86_64", "qemu-intel-first-stage", "qemu-system-x86_64",
            "qemu-amd", "qemu-system-x86_64", "qemu-arm", "qemu-system-aarch64"));

    /** The names of all kinds. */
    public static List<String> names() {
        return Stream.of(BUNDLED, variants(), BOARDS.keySet()).flatMap(Collection::stream).toList();
    }

    /** The names of the simulator's variants; {@code variants.json} beside this class says what each is. */
    public static List<String> variants() {
        return new ArrayList<>(resource("variants.json").keySet());
    }

    /** The kind of a name, if it is one. */
    public static Optional<MachineKind> named(String name) {
        return names().stream().filter(name::equals).findFirst()
                .map(known -> new MachineKind(known, BOARDS.containsKey(known) ? QEMU : SIMULATOR));
    }

    /**
     * What brings a machine of this kind.
     *
     * @param machine its name
     * @throws IommuException NO_DEVICE if a program is missing, IO if the definition cannot be written
     */
    public Hashtable<String, Object> properties(String machine) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("machine", machine);
        if (factory.equals(QEMU)) {
            checkProgram(BOARDS.get(name));
            properties.put("definition", name);
        } else {
            properties.put("file", BUNDLED.contains(name) ? name : write(variant(name)).toString());
        }
        return properties;
    }

    /** The definition of a variant, as the simulator reads it. Its name begins with that of its board. */
    public static JsonObject variant(String name) {
        JsonObject board = resource(name.substring(0, name.indexOf('-')) + "-board.json");
        JsonObject unit = board.getJsonArray("units").getJsonObject(0);
        JsonObjectBuilder capabilities = Json.createObjectBuilder(unit.getJsonObject("capabilities"));
        resource("variants.json").getJsonObject(name).forEach(capabilities::add);
        JsonArrayBuilder units = Json.createArrayBuilder()
                .add(Json.createObjectBuilder(unit).add("capabilities", capabilities));
        return Json.createObjectBuilder(board).add("name", name).add("units", units).build();
    }

    private static void checkProgram(String program) {
        boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
        if (!there) {
            throw IommuException.of(Reason.NO_DEVICE, "there is no %s on the search path; .ci/install-qemu installs it",
                    program);
        }
    }

    private static Path write(JsonObject definition) {
        try {
            Path file = Files.createTempFile("iommu4j-machine-", ".json");
            Files.writeString(file, definition.toString());
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "the machine definition cannot be written: " + e, e);
        }
    }

    private static JsonObject resource(String file) {
        try (InputStream stream = MachineKind.class.getResourceAsStream(file);
                JsonReader reader = Json.createReader(stream)) {
            return reader.readObject();
        } catch (IOException | JsonException e) {
            throw new IommuException(Reason.BAD_INPUT, file + ": " + e, e);
        }
    }
}
