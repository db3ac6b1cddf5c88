package org.iommu4j.tck.stage;

import org.iommu4j.api.Device;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * The {@code edu} device; QEMU documentation, "EDU device" (docs/specs/edu.rst).
 * <pre>
 * 0x80  DMA source
 * 0x88  DMA destination
 * 0x90  DMA count in bytes
 * 0x98  DMA command: bit 0 run (reads 0 when the transfer has ended), bit 1 from device to memory
 *
 * 0x40000  the buffer's address on the device's side
 * </pre>
 */
final class EduMover implements Mover {
    private static final int SOURCE = 0x80;
    private static final int DESTINATION = 0x88;
    private static final int COUNT = 0x90;
    private static final int COMMAND = 0x98;
    private static final long RUN = 1;
    private static final long TO_MEMORY = 2;
    private static final long BUFFER = 0x40000;

    private final Device device;
    private final RegisterSpace registers;

    EduMover(Device device) {
        this.device = device;
        this.registers = device.bar(0);
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public void load(long iova) {
        transfer(iova, BUFFER, WORD, RUN);
    }

    @Override
    public void store(long iova) {
        transfer(BUFFER, iova, WORD, RUN | TO_MEMORY);
    }

    @Override
    public void copy(long from, long to, int length) {
        transfer(from, BUFFER, length, RUN);
        transfer(BUFFER, to, length, RUN | TO_MEMORY);
    }

    private void transfer(long source, long destination, int length, long command) {
        registers.write64(SOURCE, source);
        registers.write64(DESTINATION, destination);
        registers.write64(COUNT, length);
        registers.write64(COMMAND, command);
        Patience.until(device.address() + " ends its transfer", () -> (registers.read64(COMMAND) & RUN) == 0);
    }
}
