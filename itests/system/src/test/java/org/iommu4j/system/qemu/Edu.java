package org.iommu4j.system.qemu;

import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.system.rig.Condition;

/**
 * DMA by the {@code edu} device; QEMU documentation, "EDU device" (docs/specs/edu.rst). It copies between memory and a
 * buffer of its own, and tells nothing of a transfer that was refused: zeros are read then, nothing is written.
 */
final class Edu {
    private static final int ID = 0x00;
    private static final int DMA_SOURCE = 0x80;
    private static final int DMA_DESTINATION = 0x88;
    private static final int DMA_COUNT = 0x90;
    private static final int DMA_COMMAND = 0x98;
    private static final long RUN = 1;
    private static final long TO_MEMORY = 2;
    private static final long BUFFER = 0x40000;

    private final RegisterSpace registers;

    Edu(RegisterSpace registers) {
        this.registers = registers;
    }

    int id() {
        return registers.read32(ID);
    }

    /** From one IOVA to another, through the device's buffer. @param length in bytes, at most 4096 */
    void copy(long from, long to, int length) {
        transfer(from, BUFFER, length, RUN);
        transfer(BUFFER, to, length, RUN | TO_MEMORY);
    }

    /** Reads into the device's buffer. */
    void read(long from, int length) {
        transfer(from, BUFFER, length, RUN);
    }

    private void transfer(long source, long destination, int length, long command) {
        registers.write64(DMA_SOURCE, source);
        registers.write64(DMA_DESTINATION, destination);
        registers.write64(DMA_COUNT, length);
        registers.write64(DMA_COMMAND, command);
        Condition.await("the device's transfer ends", () -> (registers.read64(DMA_COMMAND) & RUN) == 0);
    }
}
