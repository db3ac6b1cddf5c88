package org.iommu4j.replay.machine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

class MachineDefinitionTest {
    @Test
    void everyNamedTemplateIsThere() {
        for (String name : MachineDefinition.NAMES.split(", ")) {
            assertDoesNotThrow(() -> new MachineDefinition(name, "replay"), name);
        }
    }

    @Test
    void anUnknownTemplateIsRefusedWithTheNamesThatThereAre() {
        for (String name : new String[] {"cray", "", "../machine/intel"}) {
            IommuException refused = assertThrows(IommuException.class, () -> new MachineDefinition(name, "replay"));
            assertEquals(Reason.NO_DEVICE, refused.reason());
            assertTrue(refused.getMessage().contains("'" + name + "'"), refused.getMessage());
            assertTrue(refused.getMessage().contains(MachineDefinition.NAMES), refused.getMessage());
        }
    }
}
