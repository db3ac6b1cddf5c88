package org.iommu4j.system.rig;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;

/** Variants of the bundled machine {@code intel}: the mode of its unit, the size of its caches, its seed. */
public final class Definitions {
    /** What the unit can do, and so which tables the driver makes. */
    public enum Mode {
        /** ECAP without SMTS: root and context entries, 128-bit descriptors. */
        LEGACY("0xf43"),
        /** ECAP with SMTS, SSTS and SMPWCS: PASID tables, 256-bit descriptors. */
        SCALABLE("0x1480000000f43");

        private final String ecap;

        Mode(String ecap) {
            this.ecap = ecap;
        }
    }

    private static final String[] CACHES = {"context", "pasid", "iotlb", "walk"};

    private Definitions() {
    }

    /** The caches that a unit of this age has. */
    public static MachineDefinition usual(Mode mode, long seed) {
        return withCaches(mode, seed, 64, 4);
    }

    /** Every cache with so many sets and ways. */
    public static MachineDefinition withCaches(Mode mode, long seed, int sets, int ways) {
        JsonObject intel = intel();
        JsonObjectBuilder caches = Json.createObjectBuilder();
        for (String cache : CACHES) {
            caches.add(cache, Json.createObjectBuilder().add("sets", sets).add("ways", ways));
        }
        JsonObject unit = intel.getJsonArray("units").getJsonObject(0);
        JsonObjectBuilder capabilities =
                Json.createObjectBuilder(unit.getJsonObject("capabilities")).add("ECAP", mode.ecap);
        JsonArrayBuilder units = Json.createArrayBuilder()
                .add(Json.createObjectBuilder(unit).add("capabilities", capabilities).add("caches", caches));
        JsonObject machine = Json.createObjectBuilder(intel).add("seed", seed).add("units", units).build();
        return MachineReader.read(DefinitionNode.parse("intel, " + mode, machine.toString()));
    }

    private static JsonObject intel() {
        try (InputStream stream = DefinitionFile.class.getResourceAsStream("intel.json");
                JsonReader reader = Json.createReader(stream)) {
            return reader.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
