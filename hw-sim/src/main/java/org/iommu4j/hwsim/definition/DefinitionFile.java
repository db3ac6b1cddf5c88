package org.iommu4j.hwsim.definition;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/** Where a definition lies: in a file, or in the bundle under a plain name such as {@code intel}. */
public final class DefinitionFile {
    private static final long MAX_BYTES = 16 << 20;

    private DefinitionFile() {
    }

    /**
     * Reads a definition.
     *
     * @param location path of a JSON file, or the name of a bundled definition
     * @throws IommuException BAD_INPUT if there is none, or it is malformed
     */
    public static MachineDefinition load(String location) {
        String text = location.matches("[a-z][a-z0-9-]*") ? bundled(location) : file(Path.of(location));
        return MachineReader.read(DefinitionNode.parse(location, text));
    }

    private static String bundled(String name) {
        try (InputStream stream = DefinitionFile.class.getResourceAsStream(name + ".json")) {
            if (stream == null) {
                throw IommuException.of(Reason.BAD_INPUT, "%s: no bundled machine definition has this name", name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, name + ": the bundled definition cannot be read: " + e, e);
        }
    }

    private static String file(Path path) {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw IommuException.of(Reason.BAD_INPUT, "%s: %d bytes, the limit is %d", path, Files.size(path),
                        MAX_BYTES);
            }
            return Files.readString(path);
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, path + ": the definition cannot be read: " + e, e);
        }
    }
}
