package org.iommu4j.system.differential;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.rig.Vendor;

/** One board of QEMU's, and the model's board that is as like it as can be. */
enum Twin {
    /** CAP and ECAP as QEMU has them (VT-d 11.4.2, 11.4.3), but for ECAP.IR: the model remaps no interrupts. */
    INTEL(QemuDefinition.INTEL, "q35", Map.of("CAP", "0x00d2008c222f0606", "ECAP", "0x0000000000f00f42")),
    INTEL_SCALABLE(QemuDefinition.INTEL_SCALABLE, "q35",
            Map.of("CAP", "0x00d2008c222f0606", "ECAP", "0x0000480080f00f42")),
    INTEL_FIRST_STAGE(QemuDefinition.INTEL_FIRST_STAGE, "q35",
            Map.of("CAP", "0x01d2008c222f0606", "ECAP", "0x0000880000f00f42")),
    /** An STE of Config 0 aborts without an event (IHI 0070 5.2). */
    ARM(QemuDefinition.ARM, "virt", Map.of()),
    /** QEMU writes no events, and knows no requester ids of devices behind bridges. */
    AMD(QemuDefinition.AMD, "q35-amd", Map.of());

    private static final List<String> ALL = List.of("0000:00:05.0", "0000:00:06.0", "0000:01:00.0");

    private final QemuDefinition qemu;
    private final String board;
    private final Map<String, String> capabilities;

    Twin(QemuDefinition qemu, String board, Map<String, String> capabilities) {
        this.qemu = qemu;
        this.board = board;
        this.capabilities = capabilities;
    }

    QemuDefinition qemu() {
        return qemu;
    }

    Vendor vendor() {
        return Vendor.of(qemu.text()).orElseThrow();
    }

    /** The devices whose transfers are compared. */
    List<String> devices() {
        return this == AMD ? ALL.subList(0, 2) : ALL;
    }

    /** True if a unit reports what a device asks for in the blocked domain. */
    boolean reportsBlocked() {
        return this != ARM;
    }

    boolean qemuReportsFaults() {
        return this != AMD;
    }

    MachineDefinition model() throws IOException {
        try (InputStream stream = Twin.class.getResourceAsStream(board + ".json");
                JsonReader reader = Json.createReader(stream)) {
            JsonObject machine = reader.readObject();
            JsonObject unit = machine.getJsonArray("units").getJsonObject(0);
            JsonObjectBuilder registers = Json.createObjectBuilder(unit.getJsonObject("capabilities"));
            capabilities.forEach(registers::add);
            return MachineReader.read(DefinitionNode.parse(board, Json.createObjectBuilder(machine).add("units",
                    Json.createArrayBuilder().add(Json.createObjectBuilder(unit).add("capabilities", registers)))
                    .build().toString()));
        }
    }
}
