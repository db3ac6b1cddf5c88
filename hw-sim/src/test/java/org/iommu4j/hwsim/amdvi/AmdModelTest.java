package org.iommu4j.hwsim.amdvi;

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

class AmdModelTest {
    private static AmdModel create(String capabilities, String caches) {
        String text = String.format("{'capabilities': {%s}, 'caches': %s}", capabilities, caches);
        try (PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 1L << 30)))) {
            return AmdModel.create("amdvi1", DefinitionNode.parse("test", text.replace('\'', '"')),
                    new Board(memory, new FlushedView(memory), 48, 1, (address, data) -> true));
        }
    }

    private static void refuses(String capabilities, String caches, String part) {
        IommuException refused = assertThrows(IommuException.class, () -> create(capabilities, caches));
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains(part), refused.getMessage());
    }

    @Test
    void aDefinitionMakesAUnit() {
        AmdModel model = create("'EFR': '0x0013000f00009858'", "{'iotlb': {'sets': 8, 'ways': 2}}");
        assertEquals(0x0013_000f_0000_9858L, model.registers().read64(0x30));
        model.requester();
        Map<String, Long> counters = new TreeMap<>();
        model.counters(counters);
        assertEquals(0L, counters.get("amdvi1.iotlb.hits"));
        assertEquals(0L, counters.get("amdvi1.pages.invalidations.guest"));
        assertEquals(0L, counters.get("amdvi1.waits"));
    }

    @Test
    void impossibleDefinitionsAreRefusedByName() {
        refuses("'EFR': '0'", "{'iotlb': {'sets': 3}}", "3 sets");
        refuses("'EFR': '0'", "{'walk': {'ways': 0}}", "walk");
        refuses("'CAP': '0x180b000f'", "{}", "EFR");
        refuses("'EFR': '0', 'CAP': '0x1803000e'", "{}", "0Fh");
        refuses("'EFR': '0x10', 'CAP': '0x000b000f'", "{}", "EFRSup");
    }

    @Test
    void whatTheModelLacksIsRefusedByName() {
        refuses("'EFR': '0', 'CAP': '0x190b000f'", "{}", "IotlbSup");
        refuses("'EFR': '0', 'CAP': '0x1a0b000f'", "{}", "HtTunnel");
        refuses("'EFR': '1'", "{}", "PreFSup");
        refuses("'EFR': '2'", "{}", "PPRSup");
        refuses("'EFR': '0x80'", "{}", "GASup");
        refuses("'EFR': '0x200'", "{}", "PCSup");
        refuses("'EFR': '0x8000000000000000'", "{}", "SNPSup");
        refuses("'EFR': '0x4000000000'", "{}", "DevTblSegSup");
        refuses("'EFR': '0xc00'", "{}", "HATS 3");
        refuses("'EFR': '0x2000'", "{}", "GATS 2");
        refuses("'EFR': '0x1400000000'", "{}", "PASmax 20");
        refuses("'EFR': '0', 'EFR2': '8'", "{}", "EFR2");
    }

    @Test
    void everyBitThatIsNoFeatureOfTheModelIsRefused() {
        long features = 0x0013_003f_0000_ffd8L & ~0x0200L & ~0x80L;
        for (int bit = 0; bit < 64; bit++) {
            boolean known = (features >>> bit & 1) != 0;
            String capabilities = String.format("'EFR': '0x%x'", 1L << bit);
            if (known && bit != 13) {
                create(capabilities, "{}");
            } else {
                refuses(capabilities, "{}", "EFR");
            }
        }
    }
}
