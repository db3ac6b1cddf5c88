package org.iommu4j.hwsim.machine;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.DeviceDefinition;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.definition.lspci.LspciDevices;
import org.iommu4j.hwsim.firmware.TableUnits;
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
            throw IommuException.of(Reason.INCOMPATIBLE, "%d words; a name, an lspci file, a table's file or nothing",
                    words.length);
        }
        String file = words[1];
        LspciDevices listed = LspciDevices.read(file, new String(bytes(file), StandardCharsets.ISO_8859_1));
        JsonObjectBuilder machine = Json.createObjectBuilder().add("name", words[0]).add("description", file)
                .add("notes", Json.createArrayBuilder(listed.notes()));
        JsonArray functions = listed.devices();
        List<DeviceDefinition> devices = devices(file, functions);
        if (words[2].isEmpty()) {
            inventUnits(machine.add("devices", functions).add("ram", ram(0)), devices);
        } else {
            takeUnits(machine, Path.of(words[2]).toAbsolutePath().toString(), functions, devices);
        }
        String text = machine.build().toString();
        check(file, text);
        return text;
    }

    /** A unit can only be named where its scopes are known to exist, so the devices are read before the machine is. */
    private static List<DeviceDefinition> devices(String file, JsonArray functions) {
        JsonObject bare = Json.createObjectBuilder().add("name", "bare").add("physicalAddressBits", BITS)
                .add("ram", ram(0)).add("devices", functions).build();
        return MachineReader.read(DefinitionNode.parse(file, bare.toString())).devices();
    }

    private static void inventUnits(JsonObjectBuilder machine, List<DeviceDefinition> devices) {
        List<Integer> segments = devices.stream().map(device -> device.address().segment())
                .filter(segment -> segment <= LAST_SEGMENT).distinct().toList();
        JsonArrayBuilder units = Json.createArrayBuilder();
        for (int i = 0; i < segments.size(); i++) {
            units.add(CapturedVendor.INTEL.unit(i, FIRST_UNIT + i * UNIT_STEP, segments.get(i)));
        }
        machine.add("physicalAddressBits", BITS).add(UNITS, units)
                .add("firmware", Json.createObjectBuilder().add("DMAR", MachineDefinition.GENERATED));
    }

    private static void takeUnits(JsonObjectBuilder machine, String file, JsonArray functions,
            List<DeviceDefinition> devices) {
        byte[] bytes = bytes(file);
        CapturedVendor vendor = CapturedVendor.of(file, bytes);
        TableUnits table = vendor.units(file, bytes, devices);
        JsonArrayBuilder units = Json.createArrayBuilder();
        Map<String, String> ownFunctions = new TreeMap<>();
        for (int i = 0; i < table.placed().size(); i++) {
            TableUnits.Placed placed = table.placed().get(i);
            JsonObjectBuilder unit = vendor.unit(i, placed.base(), placed.segment()).add("idBase", placed.idBase());
            if (!placed.all()) {
                unit.add("scopes",
                        Json.createArrayBuilder(placed.scopes().stream().map(PciAddress::toString).toList()));
            }
            units.add(unit);
            String name = vendor.name(i);
            placed.function().ifPresent(address -> ownFunctions.put(address.toString(), name));
        }
        machine.add("physicalAddressBits", table.physicalAddressBits()).add(UNITS, units)
                .add("devices", withUnits(functions, ownFunctions)).add("ram", ram(vendor.ram()))
                .add("interrupts", vendor.interrupts())
                .add("firmware", Json.createObjectBuilder().add(vendor.signature(), file));
    }

    /** The functions, those of units among them made such, and added where the listing lacks them. */
    private static JsonArrayBuilder withUnits(JsonArray functions, Map<String, String> unitByAddress) {
        JsonArrayBuilder all = Json.createArrayBuilder();
        functions.getValuesAs(JsonObject.class).stream()
                .filter(each -> !unitByAddress.containsKey(each.getString("address"))).forEach(all::add);
        unitByAddress.forEach((address, unit) -> all.add(Json.createObjectBuilder().add("address", address)
                .add("kind", "iommu").add("unit", unit).add("multifunction", true)));
        return all;
    }

    private static JsonArrayBuilder ram(long start) {
        return Json.createArrayBuilder().add(Json.createObjectBuilder().add("start", start).add("length", RAM));
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
