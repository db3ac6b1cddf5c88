package org.iommu4j.replay.machine;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.replay.plan.TracePlan;

/**
 * The JSON definition of a machine that can play a trace: the units of a template, the trace's devices, RAM where the
 * trace has memory or as the machine must have it, and a pool for tables at the top of the machine's width, where no
 * trace reaches.
 */
public final class MachineDefinition {
    /** PCI class code of a system peripheral that has no code of its own. */
    private static final int OTHER_PERIPHERAL = 0x088000;
    /** SV, TB, RR, CR and UF: PCIe 6.0 section 7.7.11.2. */
    private static final int FULL_ACS = 0x1F;
    private static final int FUNCTION_BITS = 3;
    /** Field of a template whose machine has registers where traces have memory: its RAM begins here, packed. */
    private static final String RAM_FROM = "ramFrom";

    /**
     * The templates. {@code intel} is scalable mode with the second stage only; {@code intel-first-stage} has the first
     * one too; {@code intel-39} has 3-level tables only, {@code intel-57} 4 and 5 levels in both stages;
     * {@code intel-caching-mode} caches what is not present; {@code intel-non-coherent} reads no processor's cache;
     * {@code intel-legacy} has no scalable mode. {@code arm} has an SMMUv3 with both stages, {@code amd} an AMD IOMMU
     * with host and guest tables, which is function 00:00.2 of its bus.
     */
    public static final String NAMES = "intel, intel-first-stage, intel-39, intel-57, intel-caching-mode, "
            + "intel-non-coherent, intel-legacy, arm, amd";

    private final JsonObject template;
    private final String name;

    /**
     * @param template one of {@link #NAMES}
     * @param name of the machine
     * @throws IommuException NO_DEVICE if there is no such template
     */
    public MachineDefinition(String template, String name) {
        this.name = name;
        try (InputStream stream = MachineDefinition.class.getResourceAsStream(template + ".json")) {
            if (stream == null || template.contains("/")) {
                throw IommuException.of(Reason.NO_DEVICE, "no machine '%s'; there are %s", template, NAMES);
            }
            try (JsonReader reader = Json.createReader(stream)) {
                this.template = reader.readObject();
            }
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "machine template " + template + ": " + e, e);
        }
    }

    /**
     * @param dmaThreads of the machine
     * @param channels of each device
     */
    public JsonObject of(TracePlan plan, InventedTopology topology, int dmaThreads, int channels) {
        JsonObjectBuilder machine = Json.createObjectBuilder(template).remove(RAM_FROM);
        machine.add("name", name).add("dmaThreads", dmaThreads).add("ram", ram(plan));
        JsonArrayBuilder devices = Json.createArrayBuilder();
        own().forEach(devices::add);
        Set<PciAddress> places = own().stream().map(MachineDefinition::address).collect(Collectors.toSet());
        for (InventedTopology.Function each : topology.functions()) {
            if (places.contains(each.address())) {
                throw IommuException.of(Reason.NOT_SUPPORTED,
                        "%s of the trace is a unit's own function on this machine", each.address());
            }
            devices.add(device(each, channels, places.stream().anyMatch(own -> sameSlot(own, each.address()))));
        }
        return machine.add("devices", devices).build();
    }

    /** The functions that the template itself brings: units that are PCI functions. */
    private List<JsonObject> own() {
        return template.containsKey("devices") ? template.getJsonArray("devices").getValuesAs(JsonObject.class)
                : List.of();
    }

    private static PciAddress address(JsonObject device) {
        return PciAddress.parse(device.getString("address"));
    }

    private static boolean sameSlot(PciAddress one, PciAddress other) {
        return one.segment() == other.segment() && one.rid() >>> FUNCTION_BITS == other.rid() >>> FUNCTION_BITS;
    }

    /** Where the trace's memory lies on this machine. */
    public TraceFrames frames(TracePlan plan) {
        return template.containsKey(RAM_FROM)
                ? TraceFrames.packed(new PackedFrames(plan.addresses(), Long.decode(template.getString(RAM_FROM))))
                : TraceFrames.IN_PLACE;
    }

    private JsonArrayBuilder ram(TracePlan plan) {
        int bits = template.getInt("physicalAddressBits");
        long pool = (1L << bits) - PhysicalMemory.CHUNK;
        long start = template.containsKey(RAM_FROM) ? Long.decode(template.getString(RAM_FROM)) : 0;
        long highest = plan.addresses().memory().length == 0 ? start
                : frames(plan).of(plan.addresses().highestMemory());
        long end = (Math.min(highest, pool - 1) / PhysicalMemory.CHUNK + 1) * PhysicalMemory.CHUNK;
        return Json.createArrayBuilder().add(range(start, end - start)).add(range(pool, PhysicalMemory.CHUNK));
    }

    private static JsonObjectBuilder range(long start, long length) {
        return Json.createObjectBuilder().add("start", hex(start)).add("length", hex(length));
    }

    private static JsonObjectBuilder device(InventedTopology.Function function, int channels, boolean besideUnit) {
        JsonObjectBuilder device = Json.createObjectBuilder().add("address", function.address().toString())
                .add("type", function.type()).add("multifunction", function.multifunction() || besideUnit);
        if (function.isBridge()) {
            device.add("kind", "bridge").add("secondary", function.secondary())
                    .add("subordinate", function.secondary());
        } else {
            device.add("kind", "dmagen").add("vendor", hex(GeneratorCast.VENDOR))
                    .add("device", hex(GeneratorCast.DEVICE)).add("class", hex(OTHER_PERIPHERAL))
                    .add("channels", channels);
        }
        if (function.isolated() && !function.type().startsWith("pci")) {
            device.add("acs", Json.createObjectBuilder().add("capability", hex(FULL_ACS))
                    .add("control", hex(FULL_ACS)));
        }
        return device;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    /** Writes a definition where the machine model can read it. */
    public static Path write(JsonObject definition) {
        try {
            Path file = Files.createTempFile("iommu4j-machine-", ".json");
            Files.writeString(file, definition.toString());
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "the machine definition cannot be written: " + e, e);
        }
    }
}
