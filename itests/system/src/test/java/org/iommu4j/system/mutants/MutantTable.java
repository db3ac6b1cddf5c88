package org.iommu4j.system.mutants;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import org.iommu4j.api.driver.IommuDriver;

/**
 * The mistakes of one architecture's driver.
 *
 * @param driver name of its class
 * @param own prefixes of what its bundle holds
 */
record MutantTable(String driver, List<String> own, List<Mutant> mutants) {
    static MutantTable of(String architecture) {
        try (InputStream stream = MutantTable.class.getResourceAsStream(architecture + ".json");
                JsonReader reader = Json.createReader(stream)) {
            JsonObject table = reader.readObject();
            return new MutantTable(table.getString("driver"), table.getJsonArray("own").getValuesAs(
                    JsonString::getString), table.getJsonArray("mutants").getValuesAs(JsonObject.class).stream()
                    .map(Mutant::of).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes drivers with a mistake. */
    Supplier<IommuDriver> drivers(Mutant mutant) {
        return () -> new MutantLoader(own, mutant).driver(driver);
    }
}
