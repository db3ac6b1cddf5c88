package org.iommu4j.system.rig;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.hwsim.definition.DefinitionFile;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;

/** Variants of the bundled machines: the mode of their unit, the size of its caches, the seed. */
public final class Definitions {
    /** What the unit can do, and so which tables the driver makes. */
    public enum Mode {
        /** ECAP without SMTS: root and context entries, 128-bit descriptors. */
        LEGACY(vtd("0xd2078c222f0606", "0xf43")),
        /** ECAP with SMTS, SSTS and SMPWCS: PASID tables, 256-bit descriptors. */
        SCALABLE(vtd("0xd2078c222f0606", "0x1480000000f43")),
        /** CAP.CM: hardware remembers what is absent too, so that maps have to be invalidated. */
        LEGACY_CACHING(vtd("0xd2078c222f0686", "0xf43")),
        /** CAP.CM in scalable mode. */
        SCALABLE_CACHING(vtd("0xd2078c222f0686", "0x1480000000f43")),
        /** ECAP with SSADS and FSTS, too: PASID tables that lead to first-stage tables. */
        FIRST_STAGE(vtd("0xd2078c222f0606", "0x1e80000000f43")),
        /** The same without C and SMPWCS: nothing is snooped. */
        NOT_SNOOPED(vtd("0xd2078c222f0606", "0xe80000000f42")),
        /** Both stages, stream table of two levels: domains are of stage 1. */
        ARM(smmu("0xc4c729b")),
        /** IDR0 without S1P: domains are of stage 2. */
        ARM_STAGE_2(smmu("0xc4c7299")),
        /** IDR0.ST_LEVEL = 0: the stream table is one array. Real units of this kind have 64 streams at most (3.3.1.2). */
        ARM_LINEAR(smmu("0x44c729b")),
        /** IDR5 without GRAN4K and GRAN64K: pages of 16 KiB. */
        ARM_16K(smmu("0xc4c729b", "IDR5", "0x100024")),
        /** IDR5 without GRAN4K and GRAN16K: pages of 64 KiB. */
        ARM_64K(smmu("0xc4c729b", "IDR5", "0x100044")),
        /** Pages of 64 KiB in stage 2, whose topmost table is several. */
        ARM_STAGE_2_64K(smmu("0xc4c7299", "IDR5", "0x100044")),
        /**
         * No more than has to be: IDR0 without MSI (completion is polled, interrupts come by wires) and HTTU, IDR1
         * without substreams, IDR3 without RIL.
         */
        ARM_PLAIN(smmu("0xc4c521b", "IDR1", "0x0e0f0014", "IDR3", "0x1014")),
        /** Host tables of 3 to 6 levels, INVALIDATE_IOMMU_ALL. */
        AMD(amd("0x180b000f", "0x0013000f00009858")),
        /** The same unit, with guest tables for new domains. */
        AMD_GUEST(amd("0x180b000f", "0x0013000f00009858"), AmdDriver::withGuestTables),
        /** NpCache: hardware remembers what is absent too. */
        AMD_CACHING(amd("0x1c0b000f", "0x0013000f00009858")),
        /** EFR without anything: host tables of 3 to 4 levels, each entry and domain is invalidated by itself. */
        AMD_PLAIN(amd("0x180b000f", "0x0"));

        private final Vendor vendor;
        private final Map<String, String> registers;
        private final Supplier<IommuDriver> driver;

        Mode(Variant variant) {
            this(variant, variant.vendor::driver);
        }

        Mode(Variant variant, Supplier<IommuDriver> driver) {
            this.vendor = variant.vendor;
            this.registers = variant.registers;
            this.driver = driver;
        }

        private static Variant vtd(String cap, String ecap) {
            return new Variant(Vendor.VTD, Map.of("CAP", cap, "ECAP", ecap));
        }

        private static Variant smmu(String idr0, String... others) {
            Map<String, String> registers = new HashMap<>(Map.of("IDR0", idr0));
            for (int i = 0; i < others.length; i += 2) {
                registers.put(others[i], others[i + 1]);
            }
            return new Variant(Vendor.SMMUV3, registers);
        }

        private static Variant amd(String header, String efr) {
            return new Variant(Vendor.AMDVI, Map.of("CAP", header, "EFR", efr));
        }

        public Vendor vendor() {
            return vendor;
        }

        /** A driver for the unit. */
        public IommuDriver driver() {
            return driver.get();
        }
    }

    private record Variant(Vendor vendor, Map<String, String> registers) {
    }

    /** How many sets and ways caches have: those of entries (context, PASID), and those of translations. */
    public record Caches(int entrySets, int entryWays, int translationSets, int translationWays) {
        /** Nothing stays for long. */
        public static final Caches ONE_ENTRY = new Caches(1, 1, 1, 1);
        /** Entries are fetched often, what they led to stays. */
        public static final Caches FEW_ENTRIES = new Caches(1, 2, 16, 4);
        /** Nearly everything stays. */
        public static final Caches LARGE = new Caches(1024, 4, 1024, 4);

        /** As a definition has them. */
        public JsonObjectBuilder json(Vendor vendor) {
            JsonObjectBuilder caches = Json.createObjectBuilder();
            vendor.entryCaches().forEach(name -> caches.add(name, geometry(entrySets, entryWays)));
            List.of("iotlb", "walk").forEach(name -> caches.add(name, geometry(translationSets, translationWays)));
            return caches;
        }

        private static JsonObjectBuilder geometry(int sets, int ways) {
            return Json.createObjectBuilder().add("sets", sets).add("ways", ways);
        }
    }

    private Definitions() {
    }

    /** The machine with a unit of one mode, and with certain caches. */
    public static MachineDefinition of(Mode mode, Caches caches, long seed) {
        JsonObject bundled = bundled(mode.vendor);
        JsonObject unit = bundled.getJsonArray("units").getJsonObject(0);
        JsonObjectBuilder capabilities = Json.createObjectBuilder(unit.getJsonObject("capabilities"));
        mode.registers.forEach(capabilities::add);
        JsonArrayBuilder units = Json.createArrayBuilder().add(Json.createObjectBuilder(unit)
                .add("capabilities", capabilities).add("caches", caches.json(mode.vendor)));
        JsonObject machine = Json.createObjectBuilder(bundled).add("seed", seed).add("units", units)
                .add("ram", ram(bundled)).build();
        return MachineReader.read(DefinitionNode.parse(mode.vendor + ", " + mode, machine.toString()));
    }

    /** Where the tests' frames are, and the bundled machine's range for tables. */
    private static JsonArrayBuilder ram(JsonObject bundled) {
        JsonArray ranges = bundled.getJsonArray("ram");
        return Json.createArrayBuilder().add(range("0x40000000", "0x80000000"))
                .add(range("0x100000000", "0x100000000")).add(ranges.get(ranges.size() - 1));
    }

    private static JsonObjectBuilder range(String start, String length) {
        return Json.createObjectBuilder().add("start", start).add("length", length);
    }

    /** The bundled machine itself. */
    public static JsonObject bundled(Vendor vendor) {
        try (InputStream stream = DefinitionFile.class.getResourceAsStream(vendor.machine() + ".json");
                JsonReader reader = Json.createReader(stream)) {
            return reader.readObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
