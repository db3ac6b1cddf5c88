package org.iommu4j.hwsim.machine;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.firmware.DmarUnits;
import org.iommu4j.hwsim.firmware.IortUnits;
import org.iommu4j.hwsim.firmware.IvrsUnits;
import org.iommu4j.hwsim.firmware.TableUnits;
import org.iommu4j.hwsim.pci.PciTree;

/** What a captured machine is like, by the firmware table that describes its units; they are as a bundled machine's. */
enum CapturedVendor {
    INTEL("DMAR", "intel.json", "dmar", 0, "apic"),
    ARM("IORT", "arm.json", "smmu", 1L << 30, "its"),
    AMD("IVRS", "amd.json", "amdvi", 0, "apic");

    private static final int SIGNATURE = 4;

    private final String signature;
    private final String template;
    private final String prefix;
    private final long ram;
    private final String interrupts;

    CapturedVendor(String signature, String template, String prefix, long ram, String interrupts) {
        this.signature = signature;
        this.template = template;
        this.prefix = prefix;
        this.ram = ram;
        this.interrupts = interrupts;
    }

    /** @throws IommuException BAD_INPUT if no vendor has such a table */
    static CapturedVendor of(String file, byte[] table) {
        String found = new String(table, 0, Math.min(SIGNATURE, table.length), StandardCharsets.ISO_8859_1);
        return Arrays.stream(values()).filter(vendor -> vendor.signature.equals(found)).findFirst()
                .orElseThrow(() -> IommuException.of(Reason.BAD_INPUT, "%s: offset 0: signature is '%s'; units are "
                        + "read from %s", file, found, Arrays.stream(values()).map(CapturedVendor::signature)
                        .collect(Collectors.joining(", "))));
    }

    String signature() {
        return signature;
    }

    /** Where RAM begins. */
    long ram() {
        return ram;
    }

    /** As a machine definition says it. */
    String interrupts() {
        return interrupts;
    }

    TableUnits units(String file, byte[] table, List<DeviceDefinition> devices) {
        return switch (this) {
            case INTEL -> new DmarUnits(file, table, new PciTree(devices));
            case ARM -> new IortUnits(file, table, devices);
            case AMD -> new IvrsUnits(file, table, devices);
        };
    }

    String name(int number) {
        return prefix + number;
    }

    /** A unit like that of the bundled machine, elsewhere. */
    JsonObjectBuilder unit(int number, long base, int segment) {
        try (InputStream stream = DefinitionFile.class.getResourceAsStream(template);
                JsonReader reader = Json.createReader(stream)) {
            return Json.createObjectBuilder(reader.readObject().getJsonArray("units").getJsonObject(0))
                    .add("name", name(number)).add("base", "0x" + Long.toHexString(base)).add("segment", segment);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, template + ": the bundled definition cannot be read: " + e, e);
        }
    }
}
