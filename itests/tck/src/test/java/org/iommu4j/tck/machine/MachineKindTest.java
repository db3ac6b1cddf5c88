package org.iommu4j.tck.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineKindTest {
    @Test
    void theBundledMachineIsNamedToTheSimulatorAsItIs() {
        MachineKind intel = MachineKind.named("intel").orElseThrow();
        assertEquals("org.iommu4j.hwsim", intel.factory());
        assertEquals(Map.of("machine", "one", "file", "intel"), intel.properties("one"));
    }

    @Test
    void aVariantIsTheBoardWithCapabilitiesOfItsOwn() {
        JsonObject unit = MachineKind.variant("intel-39").getJsonArray("units").getJsonObject(0);
        assertEquals("0x00d2078c22260206", unit.getJsonObject("capabilities").getString("CAP"));
        assertEquals("0x10", unit.getJsonObject("capabilities").getString("VER"));
        assertTrue(MachineKind.variants().contains("intel-39"));
    }

    @Test
    void otherNamesAreNoKind() {
        assertFalse(MachineKind.named("pdp11").isPresent());
    }
}
