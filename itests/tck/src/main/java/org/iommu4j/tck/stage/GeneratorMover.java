package org.iommu4j.tck.stage;

import org.iommu4j.api.Device;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * A DMA generator through its first channel.
 * <pre>
 * 0x10000  PORTAL     64-byte writes of one descriptor: word 0 opcode[7:0], word 1 IOVA,
 *                     word 2 length (COPY), word 3 data (WRITE32) or destination (COPY)
 * 0x10040  COMPLETED  u64  completions produced since power on
 * 0x10048  CONSUMED   u64  completions that software has taken
 * 0x11000  RING       256 completions of 16 bytes: word 0 status[7:0] (1 completed), word 1 data read
 * </pre>
 */
final class GeneratorMover implements Mover {
    private static final int PORTAL = 0x10000;
    private static final int COMPLETED = 0x10040;
    private static final int CONSUMED = 0x10048;
    private static final int RING = 0x11000;
    private static final int RING_ENTRIES = 256;
    private static final int ENTRY = 16;
    private static final int STATUS_MASK = 0xff;
    private static final int DONE = 1;
    private static final int READ32 = 3;
    private static final int WRITE32 = 4;
    private static final int COPY = 5;

    private final Device device;
    private final RegisterSpace registers;
    private final long[] descriptor = new long[8];
    private int buffer;

    GeneratorMover(Device device) {
        this.device = device;
        this.registers = device.bar(0);
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public void load(long iova) {
        buffer = (int) run(READ32, iova, 0, 0);
    }

    @Override
    public void store(long iova) {
        run(WRITE32, iova, 0, Integer.toUnsignedLong(buffer));
    }

    @Override
    public void copy(long from, long to, int length) {
        run(COPY, from, length, to);
    }

    /** @return the data read, 0 if the transfer was refused */
    private long run(int opcode, long iova, long length, long operand) {
        long before = registers.read64(COMPLETED);
        registers.write64(CONSUMED, before);
        descriptor[0] = opcode;
        descriptor[1] = iova;
        descriptor[2] = length;
        descriptor[3] = operand;
        Patience.until(device.address() + " takes a transfer", () -> registers.enqueue64Bytes(PORTAL, descriptor));
        Patience.until(device.address() + " ends its transfer", () -> registers.read64(COMPLETED) != before);
        long entry = RING + before % RING_ENTRIES * ENTRY;
        boolean done = (registers.read64(entry) & STATUS_MASK) == DONE;
        long data = registers.read64(entry + Long.BYTES);
        registers.write64(CONSUMED, before + 1);
        return done ? data : 0;
    }
}
