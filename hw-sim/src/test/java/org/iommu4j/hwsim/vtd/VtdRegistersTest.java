package org.iommu4j.hwsim.vtd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.iommu4j.api.IommuException;
import org.junit.jupiter.api.Test;

/** Offsets and bits typed from VT-d specification 11.4. */
class VtdRegistersTest {
    @Test
    void resetValuesAreThoseOfTheSpecification() {
        try (VtdBench bench = VtdBench.legacy()) {
            assertEquals(0x10, bench.registers.read32(0x00), "VER");
            assertEquals(VtdBench.CAP, bench.registers.read64(0x08), "CAP");
            assertEquals(VtdBench.ECAP, bench.registers.read64(0x10), "ECAP");
            assertEquals(0, bench.registers.read32(0x1c), "GSTS");
            assertEquals(0, bench.registers.read32(0x34), "FSTS");
            assertEquals(0x8000_0000, bench.registers.read32(0x38), "FECTL: masked");
            assertEquals(0x8000_0000, bench.registers.read32(0xa0), "IECTL: masked");
            assertEquals(0, bench.registers.read64(0x80), "IQH");
            assertEquals(0, bench.registers.read64(0x228), "FRCD");
            assertEquals(0, bench.registers.read32(0x64), "PMEN is absent");
            assertEquals(0x1000, bench.registers.length());
        }
    }

    @Test
    void capabilitiesReadAlikeInOneAndInTwoAccesses() {
        try (VtdBench bench = VtdBench.legacy()) {
            assertEquals(0x222f_0606, bench.registers.read32(0x08));
            assertEquals(0x00d2_008c, bench.registers.read32(0x0c));
        }
    }

    @Test
    void readOnlyRegistersIgnoreWrites() {
        try (VtdBench bench = VtdBench.legacy()) {
            for (int offset : new int[] {0x00, 0x08, 0x10, 0x1c, 0x80, 0x64}) {
                int before = bench.registers.read32(offset);
                bench.registers.write32(offset, -1);
                assertEquals(before, bench.registers.read32(offset), "offset " + offset);
            }
        }
    }

    @Test
    void commandsShakeHandsAndOneShotBitsAreNoState() {
        try (VtdBench bench = VtdBench.legacy()) {
            bench.registers.write64(0x20, 0x10_0000L);
            bench.registers.write32(0x18, 0x4000_0000);
            assertEquals(0x4000_0000, bench.registers.read32(0x1c), "RTPS");
            bench.registers.write32(0x18, 0x0400_0000);
            assertEquals(0x4400_0000, bench.registers.read32(0x1c), "RTPS and QIES");
            bench.registers.write32(0x18, 0x8400_0000);
            assertEquals(0xc400_0000, bench.registers.read32(0x1c), "TES too");
            bench.registers.write32(0x18, 0x0400_0000);
            assertEquals(0x4400_0000, bench.registers.read32(0x1c), "TES is off again");
        }
    }

    @Test
    void commandsOfWhatIsAbsentDoNothing() {
        try (VtdBench bench = VtdBench.legacy()) {
            // SFL 29, EAFL 28, WBF 27 (RWBF is 0), IRE 25, SIRTP 24, CFI 23
            bench.registers.write32(0x18, 0x3b80_0000);
            assertEquals(0, bench.registers.read32(0x1c));
        }
    }

    @Test
    void rootAddressKeepsItsReservedBitsClear() {
        try (VtdBench bench = VtdBench.legacy()) {
            bench.registers.write64(0x20, 0x1234_57ffL);
            assertEquals(0x1234_5400L, bench.registers.read64(0x20), "bits 9:0 are reserved");
        }
    }

    @Test
    void queueAddressIsLockedWhileTheQueueIsOn() {
        try (VtdBench bench = VtdBench.legacy()) {
            bench.registers.write64(0x90, 0x11_0003L);
            assertEquals(0x11_0003L, bench.registers.read64(0x90));
            bench.registers.write32(0x18, 0x0400_0000);
            bench.registers.write64(0x90, 0x22_0000L);
            assertEquals(0x11_0003L, bench.registers.read64(0x90));
        }
    }

    @Test
    void tableModeIsLockedWhileTranslationIsOn() {
        try (VtdBench bench = VtdBench.scalable().startScalable(0x20_0000L | 0x89, 0x80_0005L)) {
            bench.registers.write64(0x20, VtdBench.ROOT);
            bench.command(VtdBench.SRTP, 0);
            assertEquals(0, bench.registers.read32(0x1c) & VtdBench.SRTP, "RTPS stays clear");
            bench.registers.write64(0x20, VtdBench.ROOT | 1 << 10);
            bench.command(VtdBench.SRTP, 0);
            assertTrue((bench.registers.read32(0x1c) & VtdBench.SRTP) != 0);
        }
    }

    @Test
    void accessesOutsideAndMisalignedAreRefused() {
        try (VtdBench bench = VtdBench.legacy()) {
            assertThrows(IommuException.class, () -> bench.registers.read32(0x1000));
            assertThrows(IommuException.class, () -> bench.registers.read32(-4));
            assertThrows(IommuException.class, () -> bench.registers.read64(0x0c));
            assertThrows(IommuException.class, () -> bench.registers.write32(0x19, 0));
            assertThrows(IommuException.class, () -> bench.registers.store64Bytes(0, new long[8]));
        }
    }

    @Test
    void aDefinitionThatPromisesWhatIsAbsentIsRefused() {
        IommuException refused = assertThrows(IommuException.class,
                () -> new VtdCapabilities(0x10, VtdBench.CAP, VtdBench.ECAP | 1 << 3, 46));
        assertTrue(refused.getMessage().contains("interrupt remapping"), refused.getMessage());
    }
}
