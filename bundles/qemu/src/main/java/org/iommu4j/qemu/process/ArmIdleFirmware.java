package org.iommu4j.qemu.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an Arm machine's only processor runs in place of a BIOS: it tells that it runs, and sleeps. A64 code; Arm
 * Architecture Reference Manual for A-profile, section C6.2.
 */
public final class ArmIdleFirmware {
    private static final long STATE = 0x4020_0000L;
    private static final int[] CODE = {
        0xd2a80400, //        movz  x0, 0x4020, lsl 16
        0x5288aa41, //        movz  w1, 0x4552
        0x72ab2881, //        movk  w1, 0x5944, lsl 16
        0xb9000001, //        str   w1, [x0]
        0xd503207f, // sleep: wfi
        0x17ffffff, //        b     sleep
    };

    private ArmIdleFirmware() {
    }

    /** Above the device tree, which QEMU puts at the start of RAM. */
    public static Firmware firmware() {
        ByteBuffer image = ByteBuffer.allocate(CODE.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        image.asIntBuffer().put(CODE);
        return new Firmware(image.array(), STATE);
    }
}
