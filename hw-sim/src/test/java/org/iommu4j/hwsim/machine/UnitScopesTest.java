package org.iommu4j.hwsim.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.definition.MachineDefinition;
import org.iommu4j.hwsim.definition.MachineReader;
import org.iommu4j.hwsim.device.BusRoute;
import org.iommu4j.hwsim.pci.PciTree;
import org.junit.jupiter.api.Test;

class UnitScopesTest {
    @Test
    void aDeviceBelongsToTheUnitThatNamesItOrABridgeAboveItElseToTheOneWithoutScopes() {
        String units = """
                {"name": "a", "model": "test", "base": "0x1000", "scopes": ["00:02.0", "00:1c.0"]},
                {"name": "b", "model": "test", "base": "0x2000", "scopes": ["01:00.1"]},
                {"name": "c", "model": "test", "base": "0x3000"}""";
        assertEquals(0, unitOf("00:02.0", units));
        assertEquals(0, unitOf("00:1c.0", units));
        assertEquals(0, unitOf("01:00.0", units));
        assertEquals(1, unitOf("01:00.1", units));
        assertEquals(2, unitOf("00:03.0", units));
    }

    @Test
    void aDeviceThatNoUnitServesUsesPhysicalAddresses() {
        assertEquals(BusRoute.NO_UNIT, unitOf("00:03.0",
                "{\"name\": \"a\", \"model\": \"test\", \"base\": \"0x1000\", \"scopes\": [\"00:02.0\"]}"));
    }

    @Test
    void scopesThatContradictEachOtherAreRefused() {
        String a = "{\"name\": \"a\", \"model\": \"test\", \"base\": \"0x1000\"%s},";
        String b = "{\"name\": \"b\", \"model\": \"test\", \"base\": \"0x2000\"%s}";
        String named = ", \"scopes\": [\"00:02.0\"]";
        assertTrue(refusal(a.formatted("") + b.formatted("")).contains("units[1] has no scopes, and neither has a"));
        assertTrue(refusal(a.formatted(named) + b.formatted(named)).contains("names a device that a names too"));
        assertTrue(refusal(a.formatted("") + b.formatted(", \"scopes\": [\"00:09.0\"]"))
                .contains("names 0000:00:09.0, which is no device of segment 0"));
    }

    private static String refusal(String units) {
        return assertThrows(IommuException.class, () -> unitOf("00:02.0", units)).getMessage();
    }

    private static int unitOf(String address, String units) {
        MachineDefinition machine = MachineReader.read(DefinitionNode.parse("test", """
                {"name": "m", "physicalAddressBits": 39, "ram": [{"start": 0, "length": "0x1000"}],
                 "units": [%s],
                 "devices": [{"address": "00:02.0"}, {"address": "00:03.0"}, {"address": "01:00.0"},
                   {"address": "01:00.1"},
                   {"address": "00:1c.0", "kind": "bridge", "secondary": 1, "subordinate": 1}]}""".formatted(units)));
        PciTree tree = new PciTree(machine.devices());
        return new UnitScopes(machine.units(), tree).route(tree.at(PciAddress.parse(address))).unit();
    }
}
