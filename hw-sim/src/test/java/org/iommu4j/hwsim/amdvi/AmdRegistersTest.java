package org.iommu4j.hwsim.amdvi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.Test;

/** AMD 48882 section 3.4: offsets, reset values, reserved bits, widths of access. */
class AmdRegistersTest {
    @Test
    void afterPowerOnAllButTheFeaturesIsZero() {
        try (AmdBench bench = new AmdBench()) {
            assertEquals(0x4000, bench.registers.length());
            for (int at = 0; at < 0x4000; at += 8) {
                assertEquals(at == 0x30 ? AmdBench.EFR : 0, bench.registers.read64(at), Integer.toHexString(at));
            }
        }
    }

    @Test
    void reservedBitsStayZero() {
        long[][] masks = {{0x00, 0x000f_ffff_ffff_f1ffL}, {0x08, 0x0f0f_ffff_ffff_f000L},
            {0x10, 0x0f0f_ffff_ffff_f000L}, {0x20, 0x000f_ffff_ffff_f003L}, {0x28, 0x000f_ffff_ffff_f000L},
            {0x2000, 0x7_fff0}, {0x2008, 0x7_fff0}, {0x2010, 0x7_fff0}, {0x2018, 0x7_fff0}, {0x30, AmdBench.EFR},
            {0x38, 0}, {0x40, 0}, {0x50, 0}, {0x100, 0}, {0x1a0, 0}, {0x2020, 0}, {0x2030, 0}};
        for (long[] mask : masks) {
            try (AmdBench bench = new AmdBench()) {
                if (mask[0] != 0x08) {
                    bench.registers.write64(0x08, 15L << 56);
                }
                if (mask[0] != 0x10) {
                    bench.registers.write64(0x10, 15L << 56);
                }
                bench.registers.write64(mask[0], -1);
                assertEquals(mask[1], bench.registers.read64(mask[0]), Long.toHexString(mask[0]));
            }
        }
    }

    @Test
    void controlHasTheBitsThatTheUnitHas() {
        try (AmdBench bench = new AmdBench()) {
            bench.registers.write64(AmdBench.CONTROL, -1);
            assertEquals(0x0000_c000_0001_1fffL, bench.registers.read64(AmdBench.CONTROL));
        }
        try (AmdBench bench = new AmdBench(AmdBench.HEADER, 0, AmdCaches.DEFAULT, 1)) {
            bench.registers.write64(AmdBench.CONTROL, -1);
            assertEquals(0x1fff, bench.registers.read64(AmdBench.CONTROL));
        }
    }

    @Test
    void registersAreReachedByHalves() {
        try (AmdBench bench = new AmdBench()) {
            bench.registers.write32(0x08, 0x0012_0000);
            bench.registers.write32(0x0c, 0x0900_0001);
            assertEquals(0x0900_0001_0012_0000L, bench.registers.read64(0x08));
            assertEquals(0x0012_0000, bench.registers.read32(0x08));
            assertEquals(0x0900_0001, bench.registers.read32(0x0c));
        }
    }

    @Test
    void otherAccessesAreRefused() {
        try (AmdBench bench = new AmdBench()) {
            for (long offset : new long[] {-4, 2, 0x4000, 0x3ffe}) {
                assertEquals(Reason.BAD_ADDRESS,
                        assertThrows(IommuException.class, () -> bench.registers.read32(offset)).reason());
            }
            assertThrows(IommuException.class, () -> bench.registers.write64(4, 0));
            assertThrows(IommuException.class, () -> bench.registers.enqueue64Bytes(0, new long[8]));
        }
    }

    @Test
    void aUnitThatIsOffForwardsEverything() {
        try (AmdBench bench = new AmdBench().host(3)) {
            assertEquals(0x5678, bench.write(0x5678));
            bench.start();
            assertEquals(-1, bench.write(0x5678));
            bench.registers.write64(AmdBench.CONTROL, 0);
            assertEquals(0x5678, bench.write(0x5678));
            assertEquals(0, bench.registers.read64(AmdBench.STATUS) & 0x18);
        }
    }
}
