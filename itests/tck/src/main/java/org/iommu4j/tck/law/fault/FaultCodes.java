package org.iommu4j.tck.law.fault;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.status.UnitReport;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.NotApplicable;
import org.iommu4j.tck.stage.Bench;

/**
 * What an architecture calls the causes of faults. The file {@code codes.json} beside this class has a list for each
 * architecture; of its elements the first counts whose words are all in the driver's summary of the unit.
 */
public final class FaultCodes {
    private final JsonObject codes;

    private FaultCodes(JsonObject codes) {
        this.codes = codes;
    }

    /** Those of a machine's first unit. @throws NotApplicable if its architecture is not in the table */
    public static FaultCodes of(Bench bench) {
        UnitReport unit = bench.units().get(0);
        try (InputStream stream = FaultCodes.class.getResourceAsStream("codes.json");
                JsonReader reader = Json.createReader(stream)) {
            JsonArray forms = reader.readObject().getJsonArray(unit.architecture());
            if (forms == null) {
                throw new NotApplicable("the fault codes of " + unit.architecture() + " are not known");
            }
            return forms.getValuesAs(JsonObject.class).stream().filter(form -> fits(form, unit))
                    .map(form -> new FaultCodes(form.getJsonObject("codes"))).findFirst()
                    .orElseThrow(() -> new NotApplicable("the fault codes of " + unit.capabilities()
                            + " are not known"));
        } catch (IOException | JsonException e) {
            throw new IommuException(Reason.BAD_INPUT, "table of fault codes: " + e, e);
        }
    }

    private static boolean fits(JsonObject form, UnitReport unit) {
        return form.getJsonArray("when").getValuesAs(JsonString::getString).stream()
                .allMatch(unit.capabilities()::contains);
    }

    /** @throws NotApplicable if the architecture records nothing of that cause */
    public void mustReport(String cause) {
        if (codes.getJsonArray(cause).isEmpty()) {
            throw new NotApplicable("the architecture records nothing of that cause: " + cause);
        }
    }

    /** @throws Broken unless a fault has a code of its cause */
    public void check(String cause, DmaFault fault) {
        List<String> wanted = codes.getJsonArray(cause).getValuesAs(JsonString::getString);
        String got = String.format("%#x", fault.code());
        Broken.unless(wanted.contains(got), "reason of the fault of: " + cause, wanted, got);
    }
}
