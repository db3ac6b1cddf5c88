package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.machine.Board;
import org.iommu4j.hwsim.machine.FlushedView;
import org.junit.jupiter.api.Test;

class VtdModelTest {
    private static final String CAPABILITIES =
            "{'capabilities': {'CAP': '0x00d2008c222f0606', 'ECAP': '0x0000000000f00f42'}, 'caches': %s}";

    private static VtdModel create(String text) {
        try (PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 1L << 30)))) {
            return VtdModel.create("dmar1", DefinitionNode.parse("test", text.replace('\'', '"')),
                    new Board(memory, new FlushedView(memory), 46, 1, (address, data) -> true));
        }
    }

    private static void refuses(String text, String part) {
        IommuException refused = assertThrows(IommuException.class, () -> create(text));
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }

    @Test
    void aDefinitionMakesAUnit() {
        VtdModel model = create(String.format(CAPABILITIES, "{'iotlb': {'sets': 8, 'ways': 2}}"));
        assertEquals(0x00d2_008c_222f_0606L, model.registers().read64(8));
        assertEquals(0x10, model.registers().read32(0));
        model.requester();
        Map<String, Long> counters = new TreeMap<>();
        model.counters(counters);
        assertEquals(0L, counters.get("dmar1.iotlb.hits"));
        assertEquals(0L, counters.get("dmar1.iotlb.invalidations.page"));
        assertEquals(0L, counters.get("dmar1.memoryReferences"));
    }

    @Test
    void impossibleDefinitionsAreRefusedByName() {
        refuses(String.format(CAPABILITIES, "{'iotlb': {'sets': 3}}"), "3 sets");
        refuses(String.format(CAPABILITIES, "{'walk': {'ways': 0}}"), "walk");
        refuses("{'capabilities': {'CAP': '0x606'}}", "ECAP");
        refuses("{'capabilities': {'CAP': '0x6', 'ECAP': '0'}}", "SAGAW");
        refuses("{'capabilities': {'CAP': '0x626', 'ECAP': '0'}}", "protected low-memory");
        refuses("{'capabilities': {'CAP': '0x616', 'ECAP': '0'}}", "write buffers");
        refuses("{'capabilities': {'CAP': '0x606', 'ECAP': '0x4000000'}}", "nested translation");
    }
}
