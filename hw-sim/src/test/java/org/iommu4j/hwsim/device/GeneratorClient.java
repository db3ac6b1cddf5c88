package org.iommu4j.hwsim.device;

import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.machine.TestBench;

/** One channel of a DMA generator as its manual describes it to software; numbers are typed from there. */
final class GeneratorClient {
    static final int READ64 = 1;
    static final int WRITE64 = 2;
    static final int READ32 = 3;
    static final int WRITE32 = 4;
    static final int COPY = 5;
    static final int DONE = 1;
    static final int ABORTED = 2;

    private final RegisterSpace bar;
    private final long window;
    private final long[] descriptor = new long[8];

    GeneratorClient(RegisterSpace bar, int channel) {
        this.bar = bar;
        this.window = 0x10000L * (channel + 1);
    }

    boolean enqueue(int opcode, int tag, long iova, long length, long data) {
        fill(opcode, tag, iova, length, data);
        return bar.enqueue64Bytes(window, descriptor);
    }

    void store(int opcode, int tag, long iova, long length, long data) {
        fill(opcode, tag, iova, length, data);
        bar.store64Bytes(window, descriptor);
    }

    long completed() {
        return bar.read64(window + 0x40);
    }

    long consumed() {
        return bar.read64(window + 0x48);
    }

    void consume(long number) {
        bar.write64(window + 0x48, number);
    }

    long errors() {
        return bar.read64(window + 0x50);
    }

    void clearErrors(long bits) {
        bar.write64(window + 0x50, bits);
    }

    void await(long number) {
        TestBench.await("completion " + number, () -> completed() >= number);
    }

    int status(long number) {
        return (int) bar.read64(entry(number)) & 0xff;
    }

    int tag(long number) {
        return (int) (bar.read64(entry(number)) >>> 32);
    }

    long data(long number) {
        return bar.read64(entry(number) + 8);
    }

    /** Does one transfer and consumes it. @return its status */
    int perform(int opcode, long iova, long length, long data) {
        long number = completed();
        if (!enqueue(opcode, (int) number, iova, length, data)) {
            throw new AssertionError("the channel is full");
        }
        await(number + 1);
        consume(number + 1);
        return status(number);
    }

    private long entry(long number) {
        return window + 0x1000 + number % 256 * 16;
    }

    private void fill(int opcode, int tag, long iova, long length, long data) {
        descriptor[0] = opcode | (long) tag << 32;
        descriptor[1] = iova;
        descriptor[2] = length;
        descriptor[3] = data;
    }
}
