package org.iommu4j.system.differential;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.kit.Benches;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.tck.kit.Deviations;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random calls, transfers and faults go the same way on the model and on QEMU, which have one author each. */
class DifferentialTest {
    /** {@code iommu4j.scale} 34 makes 10,000. */
    private static final int STEPS = 300 * Integer.getInteger("iommu4j.scale", 1);
    private static final long SEED = Long.getLong("iommu4j.seed", 20_261_121);
    /** CAP and ECAP as QEMU has them (section 11.4.2, 11.4.3), but for ECAP.IR: the model remaps no interrupts. */
    private static final Map<QemuDefinition, String[]> CAPABILITIES = Map.of(
            QemuDefinition.INTEL, new String[] {"0x00d2008c222f0606", "0x0000000000f00f42"},
            QemuDefinition.INTEL_SCALABLE, new String[] {"0x00d2008c222f0606", "0x0000480080f00f42"},
            QemuDefinition.INTEL_FIRST_STAGE, new String[] {"0x01d2008c222f0606", "0x0000880000f00f42"});

    @ParameterizedTest
    @EnumSource
    void theModelAndQemuAgree(QemuDefinition definition) throws IOException {
        try (QemuRig qemu = new QemuRig(definition); Rig model = new Rig(q35(definition), new VtdDriver());
                Side ofQemu = new Side(Benches.of(qemu, VtdDriver::new), Run.DEVICES, Run.DOMAINS);
                Side ofModel = new Side(Benches.of(model, VtdDriver::new), Run.DEVICES, Run.DOMAINS)) {
            new Run(ofModel, ofQemu, Deviations.of(definition.text()), SEED).steps(STEPS);
        }
    }

    private static MachineDefinition q35(QemuDefinition definition) throws IOException {
        try (InputStream stream = DifferentialTest.class.getResourceAsStream("q35.json");
                JsonReader reader = Json.createReader(stream)) {
            JsonObject board = reader.readObject();
            JsonObject unit = board.getJsonArray("units").getJsonObject(0);
            JsonObjectBuilder capabilities = Json.createObjectBuilder(unit.getJsonObject("capabilities"))
                    .add("CAP", CAPABILITIES.get(definition)[0]).add("ECAP", CAPABILITIES.get(definition)[1]);
            return MachineReader.read(DefinitionNode.parse("q35", Json.createObjectBuilder(board).add("units",
                    Json.createArrayBuilder().add(Json.createObjectBuilder(unit).add("capabilities", capabilities)))
                    .build().toString()));
        }
    }
}
