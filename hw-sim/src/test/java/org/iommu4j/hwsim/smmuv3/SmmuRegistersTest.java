package org.iommu4j.hwsim.smmuv3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.hwsim.definition.DefinitionNode;
import org.iommu4j.hwsim.machine.Requester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The register file: Arm IHI 0070, 6.2, 6.3. */
class SmmuRegistersTest {
    @Test
    void resetValues() {
        try (SmmuBench bench = new SmmuBench()) {
            assertEquals(0x2_0000, bench.registers.length());
            assertEquals(SmmuBench.IDR0, bench.registers.read32(0x00));
            assertEquals(SmmuBench.IDR1, bench.registers.read32(0x04));
            assertEquals(SmmuBench.IDR3, bench.registers.read32(0x0c));
            assertEquals(SmmuBench.IDR5, bench.registers.read32(0x14));
            assertEquals(2, bench.registers.read32(0x1c), "AIDR: SMMUv3.2");
            assertEquals(0x1000, bench.registers.read32(0x44), "GBPA");
            for (int offset : new int[] {0x20, 0x24, 0x28, 0x2c, 0x50, 0x54, 0x60, 0x64, 0x80, 0x84, 0x88, 0x90, 0x98,
                0x9c, 0xa0, 0xa8, 0xac, 0xc0, 0x100a8, 0x100ac, 0x100c8}) {
                assertEquals(0, bench.registers.read32(offset), Integer.toHexString(offset));
            }
        }
    }

    @Test
    void whatIsReservedStaysZero() {
        try (SmmuBench bench = new SmmuBench()) {
            bench.registers.write64(0x80, -1);
            assertEquals(0x400f_ffff_ffff_ffc0L, bench.registers.read64(0x80));
            bench.registers.write32(0x88, -1);
            assertEquals(0x3_07ff, bench.registers.read32(0x88));
            bench.registers.write64(0x90, -1);
            assertEquals(0x400f_ffff_ffff_ffffL, bench.registers.read64(0x90));
            bench.registers.write32(0x98, -1);
            assertEquals(0xf_ffff, bench.registers.read32(0x98));
            bench.registers.write32(0x28, -1);
            assertEquals(0xfff, bench.registers.read32(0x28));
            bench.registers.write32(0x2c, -1);
            assertEquals(7, bench.registers.read32(0x2c));
            bench.registers.write32(0x50, -1);
            assertEquals(5, bench.registers.read32(0x50), "there is no PRI queue");
            bench.registers.write32(0x00, 0);
            assertEquals(SmmuBench.IDR0, bench.registers.read32(0x00));
            bench.registers.write32(0xa8, 3);
            assertEquals(0, bench.registers.read32(0x100a8), "the event queue's indices are in page 1");
        }
    }

    @Test
    void basesAreLockedWhileTheyAreUsed() {
        try (SmmuBench bench = new SmmuBench().start()) {
            bench.registers.write64(0x80, 0x7000_0000L);
            bench.registers.write32(0x88, 3);
            bench.registers.write64(0x90, 0x7000_0000L);
            bench.registers.write64(0xa0, 0x7000_0000L);
            bench.registers.write32(0x9c, 5);
            bench.registers.write32(0x100a8, 5);
            bench.registers.write32(0x28, 5);
            bench.registers.write32(0x2c, 5);
            assertEquals(SmmuBench.STREAMS, bench.registers.read64(0x80));
            assertEquals(8, bench.registers.read32(0x88));
            assertEquals(SmmuBench.COMMANDS | SmmuBench.COMMANDS_LG2, bench.registers.read64(0x90));
            assertEquals(SmmuBench.EVENTS | SmmuBench.EVENTS_LG2, bench.registers.read64(0xa0));
            assertEquals(0, bench.registers.read32(0x9c));
            assertEquals(0, bench.registers.read32(0x100a8));
            assertEquals(0, bench.registers.read32(0x28));
            assertEquals(2, bench.registers.read32(0x2c));
        }
    }

    @Test
    void globalBypassCountsWhileTranslationIsOffAndNeedsUpdate() {
        try (SmmuBench bench = new SmmuBench()) {
            assertEquals(0x5000, bench.read(0x5000));
            assertEquals(Requester.ABORT, bench.read(1L << 44), "beyond the output size");
            bench.registers.write32(0x44, 1 << 20);
            assertEquals(0x5000, bench.read(0x5000), "without Update nothing happens");
            bench.registers.write32(0x44, 1 << 31 | 1 << 20);
            assertEquals(1 << 20, bench.registers.read32(0x44), "Update is done");
            assertEquals(Requester.ABORT, bench.read(0x5000));
        }
    }

    @Test
    void offsetsOutsideAreRefused() {
        try (SmmuBench bench = new SmmuBench()) {
            for (long offset : new long[] {-4, 2, 0x2_0000}) {
                assertEquals(Reason.BAD_ADDRESS,
                        assertThrows(IommuException.class, () -> bench.registers.read32(offset)).reason());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"IDR0, 0xc4c769b, ATS", "IDR0, 0xc4d729b, PRI", "IDR0, 0xc4c72bb, BTM", "IDR0, 0xc4c728b, COHACC",
        "IDR0, 0xc4c729f, TTF", "IDR0, 0xc0c729b, TTENDIAN", "IDR0, 0x84c729b, TERM_MODEL", "IDR0, 0xc4e729b, VMW",
        "IDR0, 0xc4cf29b, ATOS", "IDR1, 0x2e0f0514, QUEUES_PRESET", "IDR1, 0x0fff0540, CMDQS",
        "IDR3, 0x1494, MPAM", "IDR3, 0x1614, STT", "IDR5, 0x100076, OAS", "IDR5, 0x100004, GRAN4K",
        "IDR5, 0x100474, VAX", "IDR5, 0x1000f4, DS", "IDR5, 0x100174, D128", "IDR3, 0x3414, bits 31:13",
        "IDR5, 0x100072, OAS"})
    void whatTheModelLacksIsRefusedByName(String register, String value, String field) {
        String text = "{'capabilities': {'IDR0': '0xc4c729b', 'IDR1': '0x0e0f0514', 'IDR3': '0x1414', "
                + "'IDR5': '0x100074'}}";
        String changed = text.replaceFirst("'" + register + "': '[^']*'", "'" + register + "': '" + value + "'")
                .replace('\'', '"');
        try (SmmuBench bench = new SmmuBench()) {
            SmmuModel.create("smmu1", DefinitionNode.parse("test", text.replace('\'', '"')), bench.board).powerOff();
            IommuException refused = assertThrows(IommuException.class,
                    () -> SmmuModel.create("smmu1", DefinitionNode.parse("test", changed), bench.board));
            assertEquals(Reason.BAD_INPUT, refused.reason());
            assertTrue(refused.getMessage().contains(register + "." + field), refused.getMessage());
        }
    }
}
