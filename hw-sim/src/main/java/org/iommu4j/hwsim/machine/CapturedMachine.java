package org.iommu4j.hwsim.machine;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.definition.lspci.LspciDevices;
import org.iommu4j.hwsim.firmware.DmarUnits;
import org.iommu4j.hwsim.pci.PciTree;
import org.osgi.service.component.annotations.Component;

/**
 * Makes the definition of a machine that looks like a real one, for whoever wants to configure it: a service {@code
 * Function<String[], String>} with the property {@code iommu4j.machine.captured}. Its words are the machine's name, a
 * file with the output of {@code lspci -vvv}, and a file with the machine's DMAR table or nothing; its answer is the
 * text of a definition, with the field {@code notes} for what had to be assumed. Without a table, each PCI segment gets
 * one unit that serves all of it. The units' capabilities are those of the bundled machine {@code intel}, for neither
 * file has them. Refused is, with BAD_INPUT, what no machine can be made of. Stateless.
 */
@Component(service = Function.class, property = "iommu4j.machine.captured:Boolean=true")
public final class CapturedMachine implements Function<String[], String> {
    private static final String TEMPLATE = "intel.json";
    private static final String UNITS = "units";
    private static final int WORDS = 3;
    private static final long MAX_BYTES = 16 << 20;
    private static final int LAST_SEGMENT = 0xffff;
    /** Without a table: no real address is needed beyond registers and tables. */
    private static final int BITS = 46;
    private static final long RAM = 1L << 30;
    private static final long FIRST_UNIT = 0xfed90000L;
    private static final long UNIT_STEP = 0x1000;

    /** @throws IommuException BAD_INPUT, naming the file and line, or the file, offset and field */
    @Override
    public String apply(String[] words) {
        if (words.length != WORDS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d words; a name, an lspci file and a DMAR file or nothing",
                    words.length);
        }
        String file = words[1];
        LspciDevices listed = LspciDevices.read(file, new String(bytes(file), StandardCharsets.ISO_8859_1));
        JsonObjectBuilder machine = Json.createObjectBuilder().add("name", words[0]).add("description", file)
                .add("ram", Json.createArrayBuilder().add(
                        Json.createObjectBuilder().add("start", 0).add("length", RAM)))
                .add("notes", Json.createArrayBuilder(listed.notes())).add("devices", listed.devices());
        List<DeviceDefinition> devices = devices(file, listed);
        if (words[2].isEmpty()) {
            inventUnits(machine, devices);
        } else {
            takeUnits(machine, Path.of(words[2]).toAbsolutePath().toString(), new PciTree(devices));
        }
        String text = machine.build().toString();
        check(file, text);
        return text;
    }

    /** A unit can only be named where its scopes are known to exist, so the devices are read before the machine is. */
    private static List<DeviceDefinition> devices(String file, LspciDevices listed) {
        JsonObject bare = Json.createObjectBuilder().add("name", "bare").add("physicalAddressBits", BITS)
                .add("ram", Json.createArrayBuilder().add(Json.createObjectBuilder().add("start", 0).add("length", RAM)))
                .add("devices", listed.devices()).build();
        return MachineReader.read(DefinitionNode.parse(file, bare.toString())).devices();
    }

    private static void inventUnits(JsonObjectBuilder machine, List<DeviceDefinition> devices) {
        List<Integer> segments = devices.stream().map(device -> device.address().segment())
                .filter(segment -> segment <= LAST_SEGMENT).distinct().toList();
        JsonArrayBuilder units = Json.createArrayBuilder();
        for (int i = 0; i < segments.size(); i++) {
            units.add(unit("dmar" + i, FIRST_UNIT + i * UNIT_STEP, segments.get(i)));
        }
        machine.add("physicalAddressBits", BITS).add(UNITS, units)
                .add("firmware", Json.createObjectBuilder().add("DMAR", MachineDefinition.GENERATED));
    }

    private static void takeUnits(JsonObjectBuilder machine, String file, PciTree tree) {
        DmarUnits table = new DmarUnits(file, bytes(file), tree);
        JsonArrayBuilder units = Json.createArrayBuilder();
        for (int i = 0; i < table.units().size(); i++) {
            DmarUnits.Drhd drhd = table.units().get(i);
            JsonObjectBuilder unit = unit("dmar" + i, drhd.base(), drhd.segment());
            if (!drhd.all()) {
                unit.add("scopes", Json.createArrayBuilder(drhd.scopes().stream().map(PciAddress::toString).toList()));
            }
            units.add(unit);
        }
        machine.add("physicalAddressBits", table.physicalAddressBits()).add(UNITS, units)
                .add("firmware", Json.createObjectBuilder().add("DMAR", file));
    }

    private static JsonObjectBuilder unit(String name, long base, int segment) {
        try (InputStream stream = DefinitionFile.class.getResourceAsStream(TEMPLATE);
                JsonReader reader = Json.createReader(stream)) {
            JsonObject template = reader.readObject().getJsonArray(UNITS).getJsonObject(0);
            return Json.createObjectBuilder(template).add("name", name).add("base", "0x" + Long.toHexString(base))
                    .add("segment", segment);
        } catch (IOException e) {
            throw new IommuException(Reason.IO, TEMPLATE + ": the bundled definition cannot be read: " + e, e);
        }
    }

    private static void check(String file, String text) {
        new SimulatedMachine(MachineReader.read(DefinitionNode.parse(file, text)), IommuModels.all());
    }

    private static byte[] bytes(String file) {
        Path path = Path.of(file);
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw IommuException.of(Reason.BAD_INPUT, "%s: %d bytes, the limit is %d", path, Files.size(path),
                        MAX_BYTES);
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new IommuException(Reason.BAD_INPUT, path + " cannot be read: " + e, e);
        }
    }
}
